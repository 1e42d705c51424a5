"""MariaDB with one user `app`, which speaks MySQL's protocol."""

from __future__ import annotations

import os
import pwd

from . import Seat

PROGRAMS = ("mariadbd", "mariadb-install-db")
PORTS = (3306,)
USER = ""
OPTIONS = {
    "tls": True,
    "password": "p-app",  # of the user `app`
    "from": "%",  # where it may come from
    "options": [],  # of mariadbd
}


def start(seat: Seat) -> None:
    data = seat.folder / "data"
    temporary = seat.folder / "tmp"  # others run at the same time, and the names of its temporary tables are not unique
    temporary.mkdir()
    temporary.chmod(0o777)
    user = f"--user={pwd.getpwuid(os.geteuid()).pw_name}"
    seat.call("mariadb-install-db", "--no-defaults", user, f"--datadir={data}", f"--tmpdir={temporary}", "--auth-root-authentication-method=normal",
              "--skip-test-db")
    init = seat.write("init.sql", f"CREATE USER 'app'@'{seat.options['from']}' IDENTIFIED BY '{seat.options['password']}';\n")
    options = [f"--datadir={data}", f"--tmpdir={temporary}", f"--socket={seat.folder}/sock", f"--bind-address={seat.address}", f"--port={seat.port}",
               f"--init-file={init}", "--skip-name-resolve", f"--pid-file={seat.folder}/pid"]
    if seat.options["tls"]:
        pair = seat.certificate()
        options += [f"--ssl-cert={pair.certificate}", f"--ssl-key={pair.key}"]
    seat.run("mariadbd", "--no-defaults", user, *options, *seat.options["options"])
