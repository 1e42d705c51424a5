"""PostgreSQL with one user `app`, and the ways in which it turns clients away."""

from __future__ import annotations

from pathlib import Path

from . import Seat

PROGRAMS = ("pg_config",) if not any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) else ()
PORTS = (5432,)
USER = "postgres"
MUST_DROP = True
OPTIONS = {
    "tls": True,
    "password": "p-app",  # of the user `app`
    "access": ["host all all 0.0.0.0/0 scram-sha-256", "host all all ::/0 scram-sha-256"],  # pg_hba.conf
    "config": [],  # further lines of postgresql.conf
}


def start(seat: Seat) -> None:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1].parent
    data = seat.folder / "data"
    secret = seat.write("password", seat.options["password"] + "\n")
    seat.call(str(programs / "initdb"), "-D", str(data), "-U", "app", f"--pwfile={secret}", "-A", "scram-sha-256", "--no-sync",
              "-E", "UTF8", "--locale=C")
    lines = [f"listen_addresses = '{','.join(seat.host.all_addresses)}'", f"port = {seat.port}", "unix_socket_directories = ''",
             "fsync = off"]
    if seat.options["tls"]:
        pair = seat.certificate()
        lines += ["ssl = on", f"ssl_cert_file = '{pair.certificate}'", f"ssl_key_file = '{pair.key}'"]
    lines += seat.options["config"]
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    (data / "pg_hba.conf").write_text("\n".join(seat.options["access"]) + "\n", encoding="utf-8")
    seat.run(str(programs / "postgres"), "-D", str(data))
