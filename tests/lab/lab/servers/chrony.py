"""chrony as a time server: with its own clock as the source, or with none, so that it is never set."""

from __future__ import annotations

import time

from . import Seat

PROGRAMS = ("chronyd",)
PORTS = (123,)
USER = ""
OPTIONS = {
    "stratum": 3,  # 0: no source at all, so the clock is never set
    "allow": "all",  # or the only network that is answered
    "config": [],  # further lines of chrony.conf
}


def start(seat: Seat) -> None:
    lines = [f"port {seat.port}", "cmdport 0", f"allow {seat.options['allow']}", f"pidfile {seat.folder}/pid", "bindcmdaddress /"]
    lines += [f"bindaddress {seat.address}"]
    if seat.options["stratum"]:
        lines.append(f"local stratum {seat.options['stratum']}")
    lines += seat.options["config"]
    # -x: it never touches this machine's clock; -U: it needs no root.
    seat.run("chronyd", "-x", "-U", "-d", "-f", str(seat.write("chrony.conf", "\n".join(lines) + "\n")))


def ready(seat: Seat) -> None:
    """It takes no connection that could be waited for; once its process file is there, it listens."""
    for _ in range(300):
        if (seat.folder / "pid").exists():
            return
        time.sleep(0.1)
    raise RuntimeError("chronyd does not start")
