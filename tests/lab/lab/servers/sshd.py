"""OpenSSH with host keys of its own."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from . import Seat

PROGRAMS = ("sshd", "ssh-keygen")
PORTS = (22,)
USER = ""
OPTIONS = {
    "config": [],  # lines of sshd_config
    "keys": ["ed25519", "ecdsa", "rsa"],
    "pending": 0,  # so many others have connected and not logged in; as many as MaxStartups lets in
}

WAITING = """
import socket, time
held = []
while len(held) < %d:
    one = socket.create_connection((%r, %d))
    if one.recv(64).startswith(b"SSH-"):
        held.append(one)
time.sleep(3600)
"""


def start(seat: Seat) -> None:
    Path("/run/sshd").mkdir(exist_ok=True)  # where it locks itself in
    lines = [f"ListenAddress {address}" for address in seat.host.all_addresses]
    lines += [f"Port {port}" for port in seat.host.ports]
    lines += ["UsePAM no", "PidFile none", "StrictModes no"]
    for kind in seat.options["keys"]:
        key = seat.folder / f"key_{kind}"
        seat.call("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "host", "-f", str(key))
        lines.append(f"HostKey {key}")
    lines += seat.options["config"]
    seat.run(shutil.which("sshd") or "sshd", "-D", "-e", "-f", str(seat.write("sshd_config", "\n".join(lines) + "\n")))


def ready(seat: Seat) -> None:
    for address in seat.host.all_addresses:
        for port in seat.host.ports:
            seat.wait(port, address=address)
    if seat.options["pending"]:
        seat.run("python3", "-c", WAITING % (seat.options["pending"], seat.address, seat.port))
        deadline = time.monotonic() + 20
        while _greets(seat) and time.monotonic() < deadline:
            time.sleep(0.5)


def _greets(seat: Seat) -> bool:
    """Whether it has room for one more."""
    try:
        with socket.create_connection((seat.address, seat.port), timeout=5) as one:
            return one.recv(64).startswith(b"SSH-")
    except OSError:
        return False
