"""Runs the binary in a home of its own, and keeps all that it says, writes and shows to other users meanwhile."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 120


@dataclass
class Trace:
    name: str
    code: int = 0
    dumped: bool = False
    outputs: dict[str, bytes] = field(default_factory=dict)  # by where it was


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    except OSError:
        pass
    return found


class Machine:
    def __init__(self, binary: Path, tools: Path) -> None:
        self.binary = binary
        self.tools = tools

    def _environment(self, home: Path, more: dict[str, str]) -> dict[str, str]:
        environment = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "LANG": "C.UTF-8",
        }
        return environment | more

    def run(self, name: str, arguments: list[str], *, environment: dict[str, str] | None = None, stdin: str = "", files: dict[str, str] | None = None,
            scrubbed_after: float = 0.0, kill: tuple[float, signal.Signals] | None = None, terminal: bool = False) -> Trace:
        """`files` are ours and are not searched; `scrubbed_after`: how long the process list may still show what the command line said."""
        trace = Trace(name)
        with tempfile.TemporaryDirectory(prefix="aztriage-secrets-") as folder:
            home = Path(folder)
            for part in ("tmp", "state", "config", "work", "given"):
                (home / part).mkdir()
            for path, text in (files or {}).items():
                (home / "given" / path).parent.mkdir(parents=True, exist_ok=True)
                (home / "given" / path).write_text(text, encoding="utf-8", newline="")
            argv = [str(self.binary), *arguments]
            if terminal:
                argv = ["script", "-qec", subprocess.list2cmdline(argv), "/dev/null"]
            process = subprocess.Popen(argv, cwd=home / "work", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self._environment(home, environment or {}),
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2))
            seen: set[bytes] = set()
            over = threading.Event()

            def watch() -> None:
                over.wait(scrubbed_after)
                while not over.is_set():
                    # The command line of `script` is ours.
                    seen.update(command_line(pid) for pid in family(process.pid)[1 if terminal else 0 :])
                    over.wait(0.005)

            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                if kill is not None:
                    time.sleep(kill[0])
                    process.send_signal(kill[1])
                out, err = process.communicate(stdin.encode(), timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                err += b"\nnot done in time"
            over.set()
            watcher.join()
            trace.code = process.returncode
            trace.outputs = {"standard output": out, "standard error": err, "process list": b"\n".join(seen)}
            for path in home.rglob("*"):
                if path.is_file() and "given" not in path.relative_to(home).parts[:1]:
                    trace.outputs[str(path.relative_to(home))] = path.read_bytes()
            trace.dumped = any(path.name.startswith("core") for path in home.rglob("*"))
        return trace
