"""Certificates of a world: a root that the client is told to trust, an issuer under it, and each kind of bad leaf."""

from __future__ import annotations

import datetime
import subprocess
from dataclasses import dataclass
from pathlib import Path

_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
ISSUER_HOST = "cacerts.lab-trust.example"


@dataclass(frozen=True)
class Pair:
    certificate: Path  # what the server sends: the leaf and what follows it
    key: Path


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(("openssl", *arguments), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip().splitlines()[-1:]}")


def _request(folder: Path, stem: str, subject: str, extensions: list[str], days: str, issuer: str = "") -> None:
    """A certificate in one call: self-signed, or by `issuer`, whose files lie in the same folder."""
    signed = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key") if issuer else ()
    options = [part for extension in extensions for part in ("-addext", extension)]
    _openssl(folder, "req", "-x509", *_EC, "-keyout", f"{stem}.key", "-out", f"{stem}.pem", "-days", days,
             "-subj", subject, *signed, *options, "-config", "req.cnf")


_AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"]


class Authority:
    """The trusted root with its issuer, the untrusted ones, and leaves that all worlds share. Made once for many worlds."""

    def __init__(self, folder: Path, shared: list[str]) -> None:
        self.folder = folder
        self.root = folder / "root.pem"
        if (folder / "ready").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "req.cnf").write_text("[req]\ndistinguished_name=dn\n[dn]\n", encoding="ascii")
        _request(folder, "root", "/C=US/O=Lab Trust/CN=Lab Trust Global Root", _AUTHORITY, "3650")
        _request(folder, "issuer", "/C=US/O=Lab Trust/CN=Lab Trust TLS CA 1", _AUTHORITY, "1800", "root")
        _request(folder, "private", "/O=Internal/CN=Internal Root CA", _AUTHORITY, "3650")
        _request(folder, "inspector", "/O=Network Security/CN=TLS Inspection CA", _AUTHORITY, "3650")
        _openssl(folder, "x509", "-in", "issuer.pem", "-outform", "DER", "-out", "issuer.der")
        certificates = Certificates(self, folder)
        for name in shared:
            certificates.leaf(f"reference-{name}", [name], "good", 120)
        (folder / "ready").touch()

    def reference(self, name: str) -> Pair:
        return Pair(self.folder / f"reference-{name}.pem", self.folder / f"reference-{name}.key")


class Certificates:
    """Leaves of one world."""

    def __init__(self, authority: Authority, folder: Path) -> None:
        self._authority = authority
        self._folder = folder
        if folder == authority.folder:
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("issuer", "private", "inspector"):
            for end in ("pem", "key"):
                (folder / f"{name}.{end}").write_bytes((authority.folder / f"{name}.{end}").read_bytes())
        (folder / "req.cnf").write_bytes((authority.folder / "req.cnf").read_bytes())

    def leaf(self, stem: str, names: list[str], kind: str = "good", days: int = 200, wrong: str = "") -> Pair:
        shown = [wrong] if kind == "wrong-name" else names
        extensions = [
            "subjectAltName=" + ",".join(f"{'IP' if name[-1].isdigit() else 'DNS'}:{name}" for name in shown),
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=serverAuth,clientAuth",
            "subjectKeyIdentifier=hash",
        ]
        if kind not in ("self-signed", "private-root", "inspected"):
            extensions.append(f"authorityInfoAccess=caIssuers;URI:http://{ISSUER_HOST}/issuing-ca-1.crt")
        subject = f"/CN={shown[0][:64]}"
        signer = {"self-signed": "", "private-root": "private", "inspected": "inspector"}.get(kind, "issuer")
        if kind == "expired":
            self._expired(stem, subject, extensions)
        else:
            _request(self._folder, stem, subject, extensions, str(days), signer)
        pair = Pair(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        if signer and kind != "incomplete":
            with pair.certificate.open("ab") as out:
                out.write((self._folder / f"{signer}.pem").read_bytes())
        return pair

    def _expired(self, stem: str, subject: str, extensions: list[str]) -> None:
        """`openssl req` takes no past dates; `openssl ca` does."""
        ended = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
        started = ended - datetime.timedelta(days=365)
        (self._folder / "index.txt").write_text("", encoding="ascii")
        sections = ["[ca]", "default_ca=a", "[a]", "database=index.txt", "new_certs_dir=.", "rand_serial=yes",
                    "default_md=sha256", "policy=p", "email_in_dn=no", "[p]", "commonName=supplied", "[e]", *extensions]
        (self._folder / "ca.cnf").write_text("\n".join(sections) + "\n", encoding="ascii")
        _openssl(self._folder, "req", "-new", *_EC, "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-subj", subject,
                 "-config", "req.cnf")
        _openssl(self._folder, "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "issuer.pem", "-keyfile", "issuer.key",
                 "-in", f"{stem}.csr", "-out", f"{stem}.pem", "-extensions", "e",
                 "-startdate", started.strftime("%Y%m%d%H%M%SZ"), "-enddate", ended.strftime("%Y%m%d%H%M%SZ"))
