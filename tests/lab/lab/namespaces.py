"""Network namespaces without names or files on disk.

The process that builds a world already sits in a namespace of its own, "the internet", where all servers run. Here the
client's namespace is made beside it and kept open by a descriptor, so that nothing is left behind when the process ends.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_CLONE_NEWNS = 0x00020000
_MS_BIND = 4096
_MS_REC = 16384
_MS_PRIVATE = 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


class Client:
    """The namespace of the host on which the fault is looked at."""

    def __init__(self) -> None:
        internet = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _check(_libc.unshare(_CLONE_NEWNET), "new network namespace")
            self.descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            _check(_libc.setns(internet, _CLONE_NEWNET), "back to the first namespace")
        finally:
            os.close(internet)

    def enter(self, files: dict[str, Path] | None = None) -> Callable[[], None]:
        """What a child calls before it executes: it moves into the namespace and sees its own `files`."""

        def move() -> None:
            _check(_libc.setns(self.descriptor, _CLONE_NEWNET), "enter the client's namespace")
            if files:
                private_mounts()
                for target, source in files.items():
                    bind(source, target)

        return move


def private_mounts() -> None:
    _check(_libc.unshare(_CLONE_NEWNS), "new mount namespace")
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "make mounts private")


def bind(source: Path, target: str) -> None:
    path = os.path.realpath(target)
    _check(_libc.mount(os.fsencode(source), os.fsencode(path), None, _MS_BIND, None), f"bind {path}")


def private_shared_memory() -> None:
    """For servers that leave named shared memory behind."""
    private_mounts()
    _check(_libc.mount(b"none", b"/dev/shm", b"tmpfs", 0, b"size=16m"), "mount /dev/shm")


def can_mount() -> bool:
    """Whether files can be replaced for the client; they can't where the root directory is not a mount point."""
    child = os.fork()
    if child == 0:
        try:
            private_mounts()
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
