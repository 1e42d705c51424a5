"""Puts a world up in the namespaces of this process, and runs commands on its client."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import yaml

from . import servers
from .names import Zones
from .namespaces import Client, can_mount, private_shared_memory
from .network import Network, machine_resolver
from .pki import ISSUER_HOST, Authority, Certificates
from .web import Reference, Web
from .world import World

REPOSITORY = Path(__file__).resolve().parents[3]

_SHELL = """
status() { local url=$1; shift; curl -so /dev/null --max-time 60 -w '%{http_code}' "$@" "$url"; }
page() { local url=$1; shift; curl -ks --max-time 60 "$@" "$url"; }
header() { local name=$1 url=$2; shift 2; curl -kso /dev/null --max-time 60 -D - "$@" "$url" | grep -i "^$name:" | cut -d' ' -f2- | tr -d '\\r'; }
debug() { header "$1" "$2" -H 'X-Azure-DebugInfo: 1'; }
tls() { openssl s_client -connect "$1:443" -servername "$1" -verify_hostname "$1" -CAfile "$SSL_CERT_FILE" </dev/null 2>&1 | grep -m1 '^Verif'; }
name() { dig +short +time=2 +tries=1 "$@"; }
rcode() { dig +time=2 +tries=1 "$@" | grep -o 'status: [A-Z]*' | cut -d' ' -f2; }
"""


class Place(Protocol):
    """Where a world is up: in namespaces or on the loopback."""

    root: Path

    def arguments(self) -> list[str]: ...

    def words(self) -> dict[str, str]: ...

    def on_client(self, arguments: list[str], environment: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]: ...


class Built:
    """A world that is up. Everything in it ends with the process namespace of its builder."""

    def __init__(self, world: World, folder: Path, authority: Authority) -> None:
        self.world = world
        self.folder = folder
        self.root = authority.root
        self.client = Client()
        self.mounts = can_mount()
        self._shared = ""
        self._servers: list[tuple[str, subprocess.Popen[bytes]]] = []
        references = _references(world)
        # Where the client can't be given a resolv.conf of its own, its server stands where this machine's would.
        found = "" if self.mounts else machine_resolver()
        self.sees_resolver = self.mounts or found != ""
        self.network = Network(world, self.client, found)
        self.network.build([r.address for r in references])
        zones = Zones(world)
        for reference in references:
            zones.address(reference.name, reference.address)
        zones.address(ISSUER_HOST, self.network.extra["issuer"])
        named = zones.write(folder / "names", self.network.system_resolver, world.resolver)
        self._start("names", "named", "-g", "-n", "1", "-c", str(named))
        certificates = Certificates(authority, folder / "certificates")
        web = Web(world, folder / "web", certificates, authority, self.network.extra)
        config = web.write(references)
        self._start("web", "nginx", "-p", f"{folder}/web/", "-e", f"{folder}/web/error.log", "-c", str(config))
        if world.proxy:
            self._proxy()
        seats = [servers.Seat(world, host, folder / host.id, authority, certificates, self._start, self._ready)
                 for host in world.hosts.values() if host.kind in servers.kinds()]
        for seat in seats:
            servers.load(seat.host.kind).start(seat)
        self.resolv = folder / "resolv.conf"
        self.resolv.write_text(f"nameserver {self.network.system_resolver}\noptions timeout:2 attempts:2\n", encoding="ascii")
        self.hosts = folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="ascii")
        self._ready(self.network.extra["issuer"], 80)
        self._ready("1.1.1.1", 53)
        if world.proxy:
            self._ready(self.network.extra["proxy"], 3128)
        for seat in seats:
            seat.ready()

    def arguments(self) -> list[str]:
        """Options with which aztriage finds its way in this world."""
        found = ["--ca-file", str(self.root)]
        return found if self.sees_resolver else [*found, "--dns-server", self.network.system_resolver]

    def words(self) -> dict[str, str]:
        """What only a built world knows."""
        address = self.network.extra["proxy"]
        return {"${proxy}": f"http://{address}:3128", "${proxy.address}": address, "${resolver}": self.network.system_resolver}

    def on_client(self, arguments: list[str], environment: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """Starts a command where the failing client sits, with that host's resolver and nothing of our environment."""
        files = {"/etc/resolv.conf": self.resolv, "/etc/hosts": self.hosts} if self.mounts else {}
        inside = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder), "LANG": "C.UTF-8",
                  "XDG_STATE_HOME": str(self.folder / "state"), "SSL_CERT_FILE": str(self.root), "CURL_CA_BUNDLE": str(self.root)}
        return subprocess.Popen(arguments, cwd=self.folder, env=inside | (environment or {}), preexec_fn=self.client.enter(files), text=True, **options)

    def check(self, line: str) -> str:
        """Tries one line of `check:`; what is wrong with it, or nothing."""
        command, sign, wanted = _split(line)
        child = self.on_client(["bash", "-c", _SHELL + command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        output = child.communicate(timeout=self.world.needs)[0].strip()
        if sign == "":
            return "" if child.returncode == 0 else f"'{command}' ends with {child.returncode}: {output[:200]}"
        held = {"=": output == wanted, "~": wanted in output, "!": wanted not in output}[sign]
        return "" if held else f"'{command}' prints '{output[:300]}', not {sign} '{wanted}'"

    def close(self) -> None:
        """Takes away what would outlive the namespaces."""
        for path in Path("/dev/shm").glob(f"{self._shared}-*") if self._shared else ():
            path.unlink(missing_ok=True)

    def forget(self) -> None:
        """Servers that count requests start again."""
        urllib.request.urlopen(f"http://{self.network.extra['issuer']}/lab/reset", timeout=5).close()

    def trouble(self) -> str:
        """The last lines of servers that have ended; they never should."""
        return "; ".join(f"{name} ended: {self._log(name)[-400:]}" for name, server in self._servers if server.poll() is not None)

    def _log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, name: str, *arguments: str, before: Callable[[], None] | None = None, **options: Any) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            server = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=before, **options)
        self._servers.append((name, server))
        return server

    def _proxy(self) -> None:
        config = self.folder / "squid.conf"
        address = self.network.extra["proxy"]
        access = "http_access allow all\n"
        if self.world.proxy == "login":
            users = self.folder / "proxy.users"
            users.write_text(f"caller:{_apr1('open-sesame')}\n", encoding="ascii")
            users.chmod(0o644)
            access = (f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {users}\nauth_param basic realm the way out\n"
                      "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n")
        elif self.world.proxy == "denies":
            access = "http_access deny all\n"
        config.write_text(
            f"http_port {address}:3128\n{access}dns_nameservers 1.1.1.1\npid_filename none\ncache deny all\n"
            f"access_log none\ncache_log /dev/null\ncache_store_log none\nnetdb_filename none\nvisible_hostname proxy.{self.world.words['domain']}\n"
            f"coredump_dir none\ncache_effective_user proxy\nshutdown_lifetime 0\npinger_enable off\n", encoding="ascii")
        self._shared = "lab" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        self._start("proxy", "squid", "-N", "-d", "1", "-n", self._shared, "-f", str(config), before=private_shared_memory if self.mounts else None)

    def _ready(self, address: str, port: int, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection((address, port), timeout=1).close()
                return
            except OSError:
                if self.trouble() or time.monotonic() > end:
                    raise RuntimeError(f"{address}:{port} does not come up; {self.trouble()}") from None
                time.sleep(0.01)


def _apr1(password: str) -> str:
    """As the proxy's file of users wants it."""
    return subprocess.run(("openssl", "passwd", "-apr1", password), text=True, capture_output=True, check=True).stdout.strip()


def _split(line: str) -> tuple[str, str, str]:
    """`COMMAND = text`, `COMMAND ~ part of it`, `COMMAND ! not in it`, or a command that has to succeed."""
    for sign in ("=", "~", "!"):
        command, found, wanted = line.rpartition(f" {sign} ")
        if found:
            return command.strip(), sign, wanted.strip()
    return line, "", ""


def reference_names() -> tuple[list[str], str, str, str]:
    """The names of playbooks/vantage.yaml, and the host, path and text that tell of a captive portal."""
    data = yaml.safe_load((REPOSITORY / "playbooks" / "vantage.yaml").read_text(encoding="utf-8"))
    host, _, path = data["portal"]["url"].removeprefix("http://").partition("/")
    return data["names"], host, f"/{path}", data["portal"]["expect"]


def new_authority(folder: Path) -> Authority:
    names, portal, _, _ = reference_names()
    return Authority(folder, [*names, portal])


def _references(world: World) -> list[Reference]:
    names, portal, path, text = reference_names()
    found = [Reference(name, world.chance.address("reference"), {}) for name in names]
    return [*found, Reference(portal, world.chance.address("reference"), {path: text})]
