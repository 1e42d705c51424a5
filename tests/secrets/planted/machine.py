"""Runs the binary in a home of its own, and keeps all that it says, writes and shows to other users meanwhile."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 120


@dataclass
class Trace:
    name: str
    code: int = 0
    dumped: bool = False
    outputs: dict[str, bytes] = field(default_factory=dict)  # by where it was


@dataclass
class Command:
    """One call of the binary."""

    arguments: list[str]
    stdin: str = ""
    scrubbed_after: float = 0.0  # how long the process list may still show what the command line said
    kill: tuple[float, signal.Signals] | None = None
    typed: list[tuple[str, str]] | None = None  # at a terminal: what is waited for, and what is typed then
    first: Callable[[Path], None] | None = None  # something done in the home before
    terminal: str = "xterm"


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


class Watch:
    """What the process list shows of a process and its children, as long as it lives."""

    def __init__(self, pid: int, after: float) -> None:
        self.seen: set[bytes] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid, after))
        self._thread.start()

    def _watch(self, pid: int, after: float) -> None:
        self._over.wait(after)
        while not self._over.is_set():
            self.seen.update(command_line(each) for each in family(pid))
            self._over.wait(0.005)

    def end(self) -> bytes:
        self._over.set()
        self._thread.join()
        return b"\n".join(self.seen)


def talk(process: subprocess.Popen[bytes], terminal: int, typed: list[tuple[str, str]]) -> bytes:
    """Types each text once what it waits for is on the screen; all that the screen showed."""
    shown = b""
    since = 0
    left = list(typed)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.05)
        try:
            data = os.read(terminal, 65536) if ready else b""
        except OSError:  # its other end is closed
            break
        shown += data
        if ready and not data:
            break
        if left and left[0][0].encode() in shown[since:]:
            since = len(shown)
            os.write(terminal, left.pop(0)[1].encode())
        elif not ready and process.poll() is not None:
            break
    else:
        shown += b"\nnot done in time"
    if left:
        shown += f"\nnever shown: {left[0][0]}".encode()
    return shown


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

    def _call(self, home: Path, command: Command, environment: dict[str, str]) -> tuple[int, dict[str, bytes]]:
        if command.first is not None:
            command.first(home)
        screen, inside = os.openpty() if command.typed is not None else (-1, -1)
        stream = subprocess.PIPE if command.typed is None else inside
        process = subprocess.Popen([str(self.binary), *command.arguments], cwd=home / "work", stdin=stream, stdout=stream, stderr=stream,
                                   env=self._environment(home, environment) | {"TERM": command.terminal}, start_new_session=command.typed is not None,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2))
        watch = Watch(process.pid, command.scrubbed_after)
        out = err = b""
        try:
            if command.kill is not None:
                time.sleep(command.kill[0])
                process.send_signal(command.kill[1])
            if command.typed is None:
                out, err = process.communicate(command.stdin.encode(), timeout=PATIENCE)
            else:
                os.close(inside)
                out = talk(process, screen, command.typed)
                os.close(screen)
                process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            err += b"\nnot done in time"
        return process.returncode, {"standard output": out, "standard error": err, "process list": watch.end()}

    def series(self, name: str, commands: list[Command], *, environment: dict[str, str] | None = None, files: dict[str, str] | None = None) -> Trace:
        """Several calls in one home; `files` are below given/, are ours and are not searched."""
        trace = Trace(name)
        with tempfile.TemporaryDirectory(prefix="aztriage-secrets-") as folder:
            home = Path(folder)
            for part in ("tmp", "state", "config", "work", "given"):
                (home / part).mkdir()
            for path, text in (files or {}).items():
                (home / "given" / path).parent.mkdir(parents=True, exist_ok=True)
                (home / "given" / path).write_text(text, encoding="utf-8", newline="")
            for command in commands:
                trace.code, outputs = self._call(home, command, environment or {})
                label = "" if len(commands) == 1 else f" of {' '.join(command.arguments)[:40]}"
                for where, data in outputs.items():
                    trace.outputs[where + label] = trace.outputs.get(where + label, b"") + data
            for path in home.rglob("*"):
                if path.is_file() and "given" not in path.relative_to(home).parts[:1]:
                    trace.outputs[str(path.relative_to(home))] = path.read_bytes()
            trace.dumped = any(path.name.startswith("core") for path in home.rglob("*"))
        return trace

    def run(self, name: str, arguments: list[str], *, environment: dict[str, str] | None = None, files: dict[str, str] | None = None, **more: object) -> Trace:
        return self.series(name, [Command(arguments, **more)], environment=environment, files=files)  # type: ignore[arg-type]
