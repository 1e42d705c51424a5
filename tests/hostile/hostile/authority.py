"""The authority that the binary is told to trust, and certificates of it for hostile servers."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from pathlib import Path

from . import der

_LOOPBACK = [(der.DNS_NAME, b"localhost"), (der.IP, bytes([127, 0, 0, 1]))]


class Authority:
    current: Authority

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.root = folder / "root.pem"
        self.key = folder / "server.key"
        self._root_key = folder / "root.key"
        self._root_name = der.name((der.COMMON_NAME, b"Hostile Test Root"))

    def _create(self) -> None:
        for key in (self.key, self._root_key):
            subprocess.run(("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key)),
                           capture_output=True, check=True)
        self.root.write_text(der.pem(der.certificate(self._root_key, self._root_key, self._root_name, self._root_name, der.AUTHORITY)), encoding="ascii")

    @classmethod
    def make(cls, folder: Path) -> None:
        cls(folder)._create()

    @classmethod
    def use(cls, folder: Path) -> Authority:
        """What `make` left in that folder, for this process."""
        cls.current = cls(folder)
        return cls.current

    def leaf(self, subject: bytes = b"", names: list[tuple[int, bytes]] | None = None, more: list[bytes] | None = None) -> bytes:
        """Good for the loopback unless `names` say otherwise."""
        subject = subject or der.name((der.COMMON_NAME, b"localhost"))
        extensions = [der.alternative_names(_LOOPBACK if names is None else names), *(more or [])]
        return der.certificate(self.key, self._root_key, self._root_name, subject, extensions)

    def files(self, stem: str, chain: list[bytes]) -> Path:
        path = self._folder / f"{stem}-{os.getpid()}.pem"  # other cases make theirs at the same time
        path.write_text("".join(der.pem(one) for one in chain), encoding="ascii")
        return path


def context(stem: str = "good", protocols: tuple[str, ...] = (), newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, **leaf: object) -> ssl.SSLContext:
    """A server's context with one good certificate, or what `chain` or the arguments of `leaf` say; made once for each stem."""
    authority = Authority.current
    with authority._lock:
        if stem not in authority._contexts:
            chain = leaf.pop("chain", None)
            certificates = chain(authority) if callable(chain) else [authority.leaf(**leaf)]  # type: ignore[arg-type]
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            made.maximum_version = newest
            made.load_cert_chain(authority.files(stem, certificates), authority.key)
            if protocols:
                made.set_alpn_protocols(list(protocols))
            authority._contexts[stem] = made
        return authority._contexts[stem]


def h2() -> ssl.SSLContext:
    return context("h2", ("h2",))
