"""FreeRDP's shadow server on a screen that nobody sees: a remote desktop that demands network level authentication."""

from __future__ import annotations

import socket
import time

from . import Seat

PROGRAMS = ("freerdp-shadow-cli", "Xvfb")
PORTS = (3389,)
USER = ""
DISPLAY = 1
OPTIONS = {
    "security": "nla",  # or tls, rdp
}


def start(seat: Seat) -> None:
    # Only in the abstract name space, which is the world's own: nothing of it is on disk.
    seat.run("Xvfb", f":{DISPLAY}", "-ac", "-nolock", "-nolisten", "unix", "-nolisten", "tcp",
             "-noreset", "-screen", "0", "640x480x24")  # a reset after the first look would refuse the next client
    deadline = time.monotonic() + 20
    while not _is_up() and time.monotonic() < deadline:
        time.sleep(0.1)
    # A user whom nobody knows: without a file of users the server does not begin a login.
    users = seat.write("users", "nobody:::8846f7eaee8fb117ad06bdd830b7586c:::\n")
    seat.run("freerdp-shadow-cli", f"/port:{seat.port}", f"/bind-address:{seat.address}",
             f"/sec:{seat.options['security']}", f"/sam-file:{users}", env={"DISPLAY": f":{DISPLAY}"})


def _is_up() -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(f"\0/tmp/.X11-unix/X{DISPLAY}") == 0
