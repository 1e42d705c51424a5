"""Redis: plain or with TLS, with or without a password, and the states in which it refuses to serve."""

from __future__ import annotations

from . import Seat

PROGRAMS = ("redis-server", "redis-cli")
PORTS = (6379,)
USER = "redis"
OPTIONS = {
    "tls": False,
    "password": "",  # of the user `default`
    "config": [],  # further lines of redis.conf
}


def start(seat: Seat) -> None:
    lines = [f"bind {' '.join(seat.host.all_addresses)}", "protected-mode no", "daemonize no", 'save ""', f'dir "{seat.folder}"']
    if seat.options["tls"]:
        pair = seat.certificate()
        lines += ["port 0", f"tls-port {seat.port}", f'tls-cert-file "{pair.certificate}"', f'tls-key-file "{pair.key}"',
                  f'tls-ca-cert-file "{seat.root}"', "tls-auth-clients no"]
    else:
        lines.append(f"port {seat.port}")
    if seat.options["password"]:
        lines.append(f'requirepass "{seat.options["password"]}"')
    lines += seat.options["config"]
    seat.run("redis-server", str(seat.write("redis.conf", "\n".join(lines) + "\n")))
