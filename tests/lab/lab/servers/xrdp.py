"""xrdp: remote desktop without network level authentication. Nobody logs in, so its session manager stays away."""

from __future__ import annotations

from pathlib import Path

from . import Seat

PROGRAMS = ("xrdp",)
PORTS = (3389,)
USER = ""
OPTIONS = {
    "security": "negotiate",  # or rdp, tls
    "versions": "TLSv1.2, TLSv1.3",
}


def start(seat: Seat) -> None:
    pair = seat.certificate()
    ours = {"port": " ".join(f"tcp://{address}:{port}" for address in seat.host.all_addresses for port in seat.host.ports),
            "security_layer": seat.options["security"], "certificate": pair.certificate, "key_file": pair.key,
            "ssl_protocols": seat.options["versions"]}
    lines = []
    for line in Path("/etc/xrdp/xrdp.ini").read_text(encoding="utf-8").splitlines():
        if line.split("=")[0].strip() not in ours:
            lines.append(line)
        if line.strip() == "[Globals]":
            lines += [f"{key}={value}" for key, value in ours.items()]
    seat.run("xrdp", "-n", "-c", str(seat.write("xrdp.ini", "\n".join(lines) + "\n")))
