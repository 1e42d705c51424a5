"""A world on the loopback, for machines where namespaces are not allowed: the same servers on high ports.

Names keep their addresses; `--connect-to` leads connections to where the servers really are.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from .names import Zones
from .pki import Authority, Certificates
from .web import Ports, Web
from .world import World

_NETWORK = "127.77.0"
_NAMES = "127.0.0.1"  # BIND listens only where an interface has the address


def _free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((f"{_NETWORK}.1", 0))
        return int(probe.getsockname()[1])


class Loopback:
    def __init__(self, world: World, folder: Path, authority: Authority) -> None:
        self.world = world
        self.folder = folder
        self.root = authority.root
        self._servers: list[subprocess.Popen[bytes]] = []
        places = {host.address: f"{_NETWORK}.{number}" for number, host in enumerate(world.hosts.values(), 11)}
        self._ports = Ports(_free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_STREAM), places)
        self._names_port = _free_port(socket.SOCK_DGRAM)
        named = Zones(world).write(folder / "names", _NAMES, port=self._names_port, public=())
        web = Web(world, folder / "web", Certificates(authority, folder / "certificates"), authority, {}, self._ports)
        config = web.write([])
        try:
            self._start("named", "-g", "-n", "1", "-c", str(named))
            self._start("nginx", "-p", f"{folder}/web/", "-e", f"{folder}/web/error.log", "-c", str(config))
            self._ready(_NAMES, self._names_port)
            self._ready(next(iter(places.values())), self._ports.tls)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for server in self._servers:
            server.kill()
            server.wait()

    def arguments(self) -> list[str]:
        found = ["--ca-file", str(self.root), "--no-reference", "--dns-server", f"{_NAMES}:{self._names_port}"]
        for host in self.world.hosts.values():
            for name, port in ((name, port) for name in (host.name, *host.also) for port in host.ports):
                found += ["--resolve", f"{name}:{port}:{host.address}"]
                found += ["--connect-to", f"{name}:{port}:{self._ports.at(host.address)}:{self._ports.port(port)}"]
        return found

    def words(self) -> dict[str, str]:
        return {}

    def on_client(self, arguments: list[str], environment: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        inside = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder), "LANG": "C.UTF-8",
                  "XDG_STATE_HOME": str(self.folder / "state")}
        return subprocess.Popen(arguments, env=inside | (environment or {}), text=True, **options)

    def _start(self, *arguments: str) -> None:
        with (self.folder / f"{arguments[0]}.log").open("wb") as log:
            self._servers.append(subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _ready(self, address: str, port: int) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((address, port), timeout=1).close()
                return
            except OSError:
                ended = [server.args for server in self._servers if server.poll() is not None]
                if ended or time.monotonic() > end:
                    raise RuntimeError(f"{address}:{port} does not come up {ended}") from None
                time.sleep(0.01)
