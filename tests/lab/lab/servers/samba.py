"""Samba as a file server without users."""

from __future__ import annotations

from . import Seat

PROGRAMS = ("smbd",)
PORTS = (445,)
USER = ""
OPTIONS = {
    "config": [],  # lines of [global]
    "computer": "FILES01",
}


def start(seat: Seat) -> None:
    lines = ["[global]", "workgroup = CONTOSO", f"netbios name = {seat.options['computer']}", "bind interfaces only = yes",
             f"interfaces = {' '.join(seat.host.all_addresses)}", f"smb ports = {' '.join(map(str, seat.host.ports))}",
             "disable spoolss = yes", f"log file = {seat.folder}/log.smbd"]
    for name in ("private dir", "lock directory", "state directory", "cache directory", "pid directory"):
        folder = seat.folder / name.split()[0]
        folder.mkdir()
        lines.append(f"{name} = {folder}")
    lines += seat.options["config"]
    conf = seat.write("smb.conf", "\n".join(lines) + "\n")
    # It ends the whole process group when it ends.
    seat.run("smbd", "-F", "--no-process-group", "-s", str(conf), start_new_session=True)
