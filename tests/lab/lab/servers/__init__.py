"""Servers that are no web servers: one module for each kind of host, named as the kind (`-` becomes `_`).

A module has

    PROGRAMS   what must be installed; without it the worlds that need it are skipped
    PORTS      where it listens unless the world says otherwise
    OPTIONS    the host's own keys in a world, with their defaults, which also say the type
    USER       whom it runs as where that can be chosen ("" is whoever runs the lab)
    MUST_DROP  True if it refuses to run as root
    start(seat)  writes the configuration and starts the real server on the host's addresses
    ready(seat)  waits until it answers; left out: until each port takes connections
"""

from __future__ import annotations

import importlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..pki import Authority, Certificates, Pair
    from ..world import Host, World

Start = Callable[..., "subprocess.Popen[bytes]"]
Wait = Callable[[str, int, float], None]


class Unavailable(Exception):
    """The world can't be built on this machine, with the reason: it is skipped."""


def kinds() -> tuple[str, ...]:
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
    return tuple(stem.replace("_", "-") for stem in found)


def load(kind: str) -> ModuleType:
    return importlib.import_module(f".{kind.replace('-', '_')}", __package__)


def own_options(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Takes the module's options out of a host's entry; raises ValueError for a value of the wrong type."""
    options: dict[str, Any] = {}
    for name, default in load(kind).OPTIONS.items():
        value = entry.pop(name, default)
        numbers = isinstance(default, (int, float)) and not isinstance(default, bool)
        wanted = (int, float) if numbers else type(default)
        if default is not None and (not isinstance(value, wanted) or (numbers and isinstance(value, bool))):
            raise ValueError(f"'{name}' of a {kind} is {value!r}; it is of the kind of {default!r}")
        options[name] = value
    return options


def check_available(world: World) -> None:
    """Raises Unavailable unless all servers of the world can run here."""
    for host in world.hosts.values():
        if host.kind not in kinds():
            continue
        module = load(host.kind)
        missing = [program for program in module.PROGRAMS if shutil.which(program) is None]
        if missing:
            raise Unavailable(f"not installed: {', '.join(missing)}")
        if getattr(module, "MUST_DROP", False) and not _can_become(module.USER):
            raise Unavailable(f"{host.kind} does not run as root, and here is nobody else")


def _can_become(user: str) -> bool:
    """Whether a child may run as that user; a namespace of our own may hold nobody but us."""
    if not user:
        return False
    try:
        entry = pwd.getpwnam(user)
        done = subprocess.run(("true",), user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], check=False)
    except (KeyError, OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


class Seat:
    """What a module gets for one host: a folder that its server may write to, certificates, and a way to start it."""

    def __init__(self, world: World, host: Host, folder: Path, authority: Authority, certificates: Certificates,
                 start: Start, wait: Wait) -> None:
        self.world = world
        self.host = host
        self.options = host.options
        self.address = host.address
        self.port = host.ports[0]
        self.root = authority.root
        self.folder = folder
        self._certificates = certificates
        self._start = start
        self._wait = wait
        user = load(host.kind).USER
        self.user = user if _can_become(user) else ""
        folder.mkdir(parents=True)
        self.own(folder)

    def own(self, path: Path) -> Path:
        """Gives a file or folder to the server's user."""
        if self.user:
            shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)
        return path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return self.own(path)

    def certificate(self) -> Pair:
        """Of the kind that the world asks for, with the host's names; the key is the server's own file."""
        host = self.host
        names = [name for name in (host.name, *host.also) if name] or [host.address]
        wrong = f"old-{self.world.words['word']}.{self.world.words['domain2']}"
        pair = self._certificates.leaf(host.id, names, host.certificate, self.world.chance.number(40, 320), wrong)
        self.own(pair.key).chmod(0o600)
        self.own(pair.certificate)
        return pair

    def run(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Starts a server that stays in the foreground, as the module's user; its output is in NAME.log."""
        if self.user:
            entry = pwd.getpwnam(self.user)
            options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} | options
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        options["env"] = environment | options.get("env", {})
        return self._start(f"{self.host.id}-{Path(arguments[0]).name}", *arguments, cwd=self.folder, **options)

    def call(self, *arguments: str, **options: Any) -> str:
        """Runs a command to its end, as the module's user; its output. Raises RuntimeError if it fails."""
        if self.user:
            entry = pwd.getpwnam(self.user)
            options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} | options
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        options["env"] = environment | options.get("env", {})
        done = subprocess.run(arguments, cwd=self.folder, capture_output=True, text=True, check=False, **options)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments[0]}: {(done.stderr or done.stdout).strip()[-400:]}")
        return done.stdout

    def wait(self, port: int, seconds: float = 30, address: str = "") -> None:
        """Until something takes TCP connections there."""
        self._wait(address or self.address, port, seconds)

    def ready(self) -> None:
        module = load(self.host.kind)
        if hasattr(module, "ready"):
            module.ready(self)
            return
        for address in self.host.all_addresses:
            for port in self.host.ports:
                self.wait(port, address=address)
