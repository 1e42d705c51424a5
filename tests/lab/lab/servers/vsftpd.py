"""vsftpd with TLS on request, or from the start."""

from __future__ import annotations

from . import Seat

PROGRAMS = ("vsftpd",)
PORTS = (21,)
USER = ""
OPTIONS = {
    "tls": True,
    "implicit": False,
    "required": True,  # for logins
    "config": [],  # further lines of vsftpd.conf
}


def start(seat: Seat) -> None:
    def switch(on: bool) -> str:
        return "YES" if on else "NO"

    jail = seat.folder / "empty"
    jail.mkdir()
    lines = ["listen=YES", "background=NO", f"listen_address={seat.address}", f"listen_port={seat.port}", "seccomp_sandbox=NO",
             f"secure_chroot_dir={jail}", "anonymous_enable=NO", "local_enable=YES"]
    if seat.options["tls"]:
        pair = seat.certificate()
        lines += ["ssl_enable=YES", f"rsa_cert_file={pair.certificate}", f"rsa_private_key_file={pair.key}",
                  f"implicit_ssl={switch(seat.options['implicit'])}", f"force_local_logins_ssl={switch(seat.options['required'])}"]
    lines += seat.options["config"]
    seat.run("vsftpd", str(seat.write("vsftpd.conf", "\n".join(lines) + "\n")))
