#!/usr/bin/python3
"""Known kinds of bad TLS, made here on the loopback, and what each tool says of them, as a table.

Each server has the same name, shop.contoso.com. Peers that are not installed are left out. No library here speaks RC4 or
3DES any more; a server that does answers others with the alert handshake_failure, and so does the one in its place. Nor does
one serve Diffie-Hellman below 1024 bits.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "lab"), str(TOP / "tests" / "hostile")]

from hostile import wire  # noqa: E402
from lab.pki import Authority, Certificates  # noqa: E402

HOST = "shop.contoso.com"
_LEAF = ("basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth")


def call(*arguments: str, cwd: Path | None = None, seconds: float = 60, given: str = "") -> tuple[int, str]:
    try:
        done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, errors="replace", input=given, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return -1, "timed out"
    return done.returncode, done.stdout + done.stderr


@dataclass
class Kind:
    """One kind of bad TLS: how its certificate is made, with which options it is served, and what we have to find."""

    title: str
    certificate: str
    wanted: str  # a part of our finding
    options: tuple[str, ...] = ()
    script: bytes = b""  # instead of a server: what follows any hello


_OLD = ("-cipher", "ALL:@SECLEVEL=0")
KINDS = [
    Kind("good", "good", "good"),
    Kind("expired", "expired", "expired"),
    Kind("not yet valid", "future", "not-yet-valid"),
    Kind("wrong host", "wrong-name", "name-mismatch"),
    Kind("self-signed", "self-signed", "self-signed"),
    Kind("untrusted root", "private-root", "untrusted-root"),
    Kind("incomplete chain", "incomplete", "chain-incomplete"),
    Kind("revoked, by a stapled answer", "good", "revoked", ("-status_file", "revoked.der")),
    Kind("signed with SHA-1", "sha1", "weak-key", ("-cipher", "DEFAULT:@SECLEVEL=0")),
    Kind("key of 1024 bits", "rsa1024", "weak-key", ("-cipher", "DEFAULT:@SECLEVEL=0")),
    Kind("no common name", "no-cn", "good"),
    Kind("no subject", "no-subject", "good"),
    Kind("a thousand names", "thousand", "good"),
    Kind("RC4 only", "", "tls-cipher", script=wire.record(wire.ALERT, b"\x02\x28")),
    Kind("3DES only", "", "tls-cipher", script=wire.record(wire.ALERT, b"\x02\x28")),
    Kind("CBC only", "good", "CBC", ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA")),
    Kind("TLS 1.0 only", "good", "tls-version", ("-tls1", *_OLD)),
    Kind("TLS 1.1 only", "good", "tls-version", ("-tls1_1", *_OLD)),
    Kind("DH of 1024 bits", "rsa", "DHE", ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", "-dhparam", "dh.pem")),
    Kind("client certificate required", "good", "tls-client-certificate", ("-Verify", "1", "-verify_return_error")),
    Kind("client certificate wanted", "good", "client certificate asked", ("-verify", "1")),
]


class Shop:
    """The authority, and one certificate of each kind in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pki"
        authority = Authority(folder / "authority", [])
        self.root = authority.root
        self._certificates = Certificates(authority, self.folder)
        for kind in ("good", "expired", "wrong-name", "self-signed", "private-root", "incomplete"):
            self._certificates.leaf(kind, [HOST], kind, 200, "old.fabrikam.com")
        name = f"subjectAltName=DNS:{HOST}"
        self._leaf("no-cn", "/O=Contoso", name)
        self._leaf("no-subject", "/", name)
        self._leaf("thousand", f"/CN={HOST}", name + "".join(f",DNS:h{number}.contoso.com" for number in range(999)))
        self._leaf("rsa", f"/CN={HOST}", name, "rsa:2048")
        self._leaf("rsa1024", f"/CN={HOST}", name, "rsa:1024")
        self._leaf("sha1", f"/CN={HOST}", name, "rsa:2048", "-sha1")
        self._future(name)
        self._must("dhparam", "-out", "dh.pem", "-dsaparam", "1024")
        # A server that is as careless as this needs.
        (self.folder / "server.cnf").write_text(
            "openssl_conf=a\n[a]\nssl_conf=b\n[b]\nsystem_default=c\n[c]\nMinProtocol=TLSv1\nCipherString=DEFAULT:@SECLEVEL=0\n", encoding="ascii")
        self._revoked()

    def _must(self, *arguments: str) -> None:
        code, output = call("openssl", *arguments, cwd=self.folder)
        if code != 0:
            raise RuntimeError(f"openssl {arguments[0]}: {output[-300:]}")

    def _chain(self, stem: str) -> None:
        with (self.folder / f"{stem}.pem").open("a", encoding="ascii") as out:
            out.write((self.folder / "issuer.pem").read_text(encoding="ascii"))

    def _leaf(self, stem: str, subject: str, name: str, key: str = "ec", digest: str = "-sha256") -> None:
        more = ("-pkeyopt", "ec_paramgen_curve:P-256") if key == "ec" else ()
        extensions = [part for one in (name, *_LEAF) for part in ("-addext", one)]
        self._must("req", "-x509", "-newkey", key, *more, "-nodes", digest, "-keyout", f"{stem}.key", "-out", f"{stem}.pem", "-days", "90",
                   "-subj", subject, "-CA", "issuer.pem", "-CAkey", "issuer.key", *extensions, "-config", "req.cnf")
        self._chain(stem)

    def _future(self, name: str) -> None:
        (self.folder / "future.txt").write_text("", encoding="ascii")
        (self.folder / "future.cnf").write_text(
            "[ca]\ndefault_ca=a\n[a]\ndatabase=future.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
            "[e]\n" + "\n".join((name, *_LEAF)) + "\n", encoding="ascii")
        self._must("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "future.key", "-out", "future.csr",
                   "-subj", f"/CN={HOST}", "-config", "req.cnf")
        begin, end = (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400)) for days in (20, 120))
        self._must("ca", "-batch", "-notext", "-config", "future.cnf", "-cert", "issuer.pem", "-keyfile", "issuer.key", "-in", "future.csr",
                   "-out", "future.pem", "-extensions", "e", "-startdate", begin, "-enddate", end)
        self._chain("future")

    def _revoked(self) -> None:
        serial = call("openssl", "x509", "-in", "good.pem", "-noout", "-serial", cwd=self.folder)[1].strip().split("=")[1]
        when = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() - 86400))
        until = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * 90))
        (self.folder / "status.txt").write_text(f"R\t{until}\t{when},keyCompromise\t{serial}\tunknown\t/CN={HOST}\n", encoding="ascii")
        self._must("ocsp", "-index", "status.txt", "-CA", "issuer.pem", "-rsigner", "issuer.pem", "-rkey", "issuer.key", "-issuer", "issuer.pem",
                   "-cert", "good.pem", "-respout", "revoked.der", "-ndays", "7")


class Served:
    """One kind, listening on the loopback for as long as the `with` lasts."""

    def __init__(self, kind: Kind, shop: Shop) -> None:
        self._kind = kind
        self._shop = shop
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: socket.socket | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    def __enter__(self) -> Served:
        kind = self._kind
        if kind.script:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._say, daemon=True).start()
            return self
        pem = self._shop.folder / f"{kind.certificate}.pem"
        self._process = subprocess.Popen(
            ("openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", str(pem), "-cert_chain", str(pem), "-key", str(pem.with_suffix(".key")),
             "-www", "-quiet", *kind.options), cwd=self._shop.folder, env={"PATH": "/usr/bin:/bin", "OPENSSL_CONF": "server.cnf"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self._shop.folder / "server.log").open("wb"))
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    said = (self._shop.folder / "server.log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"{kind.title}: s_server does not come up: {said[-300:]}") from None
                time.sleep(0.02)

    def _say(self) -> None:
        assert self._listener
        while True:
            try:
                peer, _ = self._listener.accept()
                with peer:
                    peer.settimeout(5)
                    peer.recv(4096)
                    peer.sendall(self._kind.script)
            except OSError:
                if self._listener.fileno() < 0:
                    return

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        if self._listener:
            self._listener.close()


def ours(binary: Path, port: int, shop: Shop) -> str:
    code, output = call(str(binary), "probe", "tls", f"{HOST}:{port}", "--resolve", f"{HOST}:{port}:127.0.0.1", "--ca-file", str(shop.root), "-o", "json")
    try:
        seen = json.loads(output)
    except ValueError:
        return f"no JSON, exit code {code}"
    parts = [(seen.get("failure") or {}).get("kind", "")]
    parts += (seen.get("certificate") or {}).get("problems", [])
    if not any(parts):
        parts = ["good"]
        parts += ["client certificate asked"] if seen.get("client-certificate-asked") else []
        cipher = str(seen.get("cipher", ""))
        parts += [f"CBC ({cipher})"] if cipher and not any(aead in cipher for aead in ("GCM", "CCM", "CHACHA")) else []
        parts += [f"DHE ({cipher})"] if cipher.startswith("DHE-") else []
    alert = seen.get("alert")
    return ", ".join(filter(None, parts)) + (f" (alert {alert})" if alert else "")


def check_curl(port: int, shop: Shop) -> str:
    code, output = call("/usr/lib/nagios/plugins/check_curl", "-H", HOST, "-I", "127.0.0.1", "-p", str(port), "-S", "--sni", "-D", f"--ca-cert={shop.root}", "-t", "8")
    line = output.strip().splitlines()[0] if output.strip() else ""
    return f"{code}: {line.split('|')[0].replace('HTTP ', '')}"


def s_client(port: int, shop: Shop) -> str:
    _, output = call("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", HOST, "-verify_hostname", HOST, "-CAfile", str(shop.root), "-status",
                     given="", seconds=15)
    lines = [line.strip() for line in output.splitlines()]
    found = [line.split("error:", 1)[1] for line in lines if line.startswith("Verification error:")]
    found += [line.split(":error:", 1)[1].split(":")[3] for line in lines if ":error:" in line and line.count(":") >= 5]
    found += ["Cert Status: revoked" for line in lines if line == "Cert Status: revoked"]
    return "; ".join(dict.fromkeys(one.strip() for one in found)) or ("OK" if "Verification: OK" in output else "nothing said")


def testssl(port: int, shop: Shop) -> str:
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        call("testssl", "--quiet", "--warnings", "batch", "--color", "0", "--ip", "127.0.0.1", "--add-ca", str(shop.root), "-S", "-p", "-s", "--nodns", "none",
             "--jsonfile", str(report), f"{HOST}:{port}", seconds=150)
        try:
            found = json.loads(report.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "no report"
    bad = [f"{one['id'].removeprefix('cert_')}: {one['finding']}" for one in found if one["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")]
    return "; ".join(bad)[:160] or "nothing bad"


class Blackbox:
    """blackbox_exporter on the loopback."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        config = folder / "blackbox.yml"
        config.write_text(
            "modules:\n  tls:\n    prober: http\n    timeout: 8s\n    http:\n      fail_if_not_ssl: true\n      preferred_ip_protocol: ip4\n"
            f"      tls_config: {{ca_file: {shop.root}, server_name: {HOST}}}\n", encoding="ascii")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process = subprocess.Popen(("prometheus-blackbox-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{self._port}"),
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                time.sleep(0.05)

    def __call__(self, port: int, _shop: Shop) -> str:
        url = f"http://127.0.0.1:{self._port}/probe?module=tls&debug=true&target=https://127.0.0.1:{port}/"
        text = urllib.request.urlopen(url, timeout=15).read().decode("utf-8", "replace")
        if "probe_success 1" in text:
            return "success"
        said = [line.split('err="', 1)[1].rsplit('"', 1)[0] for line in text.splitlines() if 'err="' in line]
        return (said[0] if said else "failed").rsplit(': ', 1)[-1] if said else "failed"

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="*", help="part of the name of a kind")
    parser.add_argument("--binary", type=Path, default=TOP / "build" / "release" / "aztriage")
    parser.add_argument("--testssl", action="store_true", help="testssl.sh too, which takes a minute for each kind")
    options = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory(prefix="aztriage-tls-") as name:
        shop = Shop(Path(name))
        peers: dict[str, Callable[[int, Shop], str]] = {"openssl s_client": s_client}
        blackbox = None
        if Path("/usr/lib/nagios/plugins/check_curl").exists():
            peers["check_curl"] = check_curl
        if shutil.which("prometheus-blackbox-exporter"):
            blackbox = peers["blackbox_exporter"] = Blackbox(shop, Path(name))
        if options.testssl and shutil.which("testssl"):
            peers["testssl.sh"] = testssl
        print("| TLS | aztriage | " + " | ".join(peers) + " |\n" + "|---" * (len(peers) + 2) + "|")
        try:
            for kind in KINDS:
                if options.pattern and not any(part in kind.title for part in options.pattern):
                    continue
                with Served(kind, shop) as served:
                    mine = ours(options.binary, served.port, shop)
                    others = [peer(served.port, shop).replace("|", "/") for peer in peers.values()]
                right = kind.wanted in mine
                wrong += [] if right else [f"{kind.title}: '{mine}', not '{kind.wanted}'"]
                print(f"| {kind.title} | {mine} | " + " | ".join(others) + " |", flush=True)
        finally:
            if blackbox:
                blackbox.close()
    print("\n".join(["", *(f"not as it should be: {one}" for one in wrong)]) if wrong else "\neach found as it should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
