"""Starts the process that builds a world, in namespaces that end with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WORLDS = HERE / "worlds"
PROGRAMS = ("unshare", "ip", "nft", "nginx", "named", "squid", "openssl", "curl", "dig")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SPACES = ("unshare", "--net", "--pid", "--fork", "--kill-child")
_AS_USER = ("--user", "--map-root-user")


def spaces() -> tuple[str, ...] | None:
    """How namespaces are made here: as root, as a user, or not at all."""
    for arguments in (_SPACES, (*_SPACES, *_AS_USER)):
        try:
            done = subprocess.run((*arguments, "ip", "link", "set", "lo", "up"), capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return arguments
    return None


def missing_programs() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program, path=_PATH) is None]


def arguments(how: tuple[str, ...], world: Path, folder: Path, authority: Path, seed: int, *more: str) -> list[str]:
    return [*how, "--", sys.executable, "-B", "-m", "lab.inside", str(world), "--root", str(WORLDS), "--folder", str(folder),
            "--authority", str(authority), "--seed", str(seed), *more]


def environment(keep: bool = False) -> dict[str, str]:
    """Nothing of ours, or with `keep` what a terminal needs besides."""
    terminal = {name: os.environ[name] for name in ("TERM", "COLUMNS", "NO_COLOR", "TZ") if keep and name in os.environ}
    return {"PATH": _PATH, "LANG": "C.UTF-8", "PYTHONPATH": str(HERE)} | terminal
