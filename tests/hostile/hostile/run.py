"""Lets the binary meet a hostile server, once for a program and once for a person, and says what it did wrong."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import tempfile
import threading
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .case import Case
from .server import Server

# Tells what hangs from what is slow; it is no measure of speed.
MOST_SECONDS_MORE = 2.0
MOST_MEMORY_MIB = 64
# Nothing may make us wait longer than this for a binary that does not end: on a processor or asleep, and in all.
PATIENCE_SECONDS = 20
MOST_PATIENCE_SECONDS = 200

# The colours of cli/console.cpp, and how it takes a line of progress away.
_OURS = re.compile(r"\x1b\[[0-9;]*m|\r\x1b\[K")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CRASH = re.compile(r"Sanitizer|runtime error:|terminate called|Segmentation|Assertion")


@dataclass
class Ended:
    """What one run of the binary left."""

    code: int  # negative: the signal that ended it
    seconds: float
    memory_mib: float
    output: str
    errors: str
    bad_utf8: bool


@dataclass
class Found:
    name: str
    probe: str
    problems: list[str] = field(default_factory=list)
    late: bool = False
    seconds: float = 0
    memory_mib: float = 0
    failure: str = ""


class Runner:
    def __init__(self, binary: Path, root: Path, folder: Path, check_memory: bool = True, seconds_more: float = MOST_SECONDS_MORE) -> None:
        self._binary = binary
        self._root = root
        self._folder = folder
        self._check_memory = check_memory
        self._seconds_more = seconds_more

    def run(self, case: Case) -> Found:
        found = Found(case.name, case.probe)
        with Server(case) as server:
            words = self.command(case, server.port)
            ends: dict[str, Ended] = {}
            threads = [threading.Thread(target=lambda: ends.update(json=self._piped(words, case))),
                       threading.Thread(target=lambda: ends.update(text=self._on_terminal(words, case)))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            found.problems += server.trouble
        for name in ("json", "text"):
            if name not in ends:
                found.problems.append(f"{name}: it could not be run")
                return found
        found.problems += self._json(case, ends["json"], found)
        found.problems += _terminal(ends["text"])
        for name, end in ends.items():
            found.problems += [f"{name}: {problem}" for problem in self._common(case, end, found)]
        return found

    def command(self, case: Case, port: int) -> list[str]:
        def filled(text: str) -> str:
            return text.replace("PORT", str(port)).replace("ROOT", str(self._root))

        words = [str(self._binary), "probe", case.probe, filled(case.target), "--timeout", f"{int(case.timeout * 1000)}ms"]
        for name, value in case.parameters.items():
            words += ["-w", f"{name}={filled(value)}"]
        return [*words, "--ca-file", str(self._root), *map(filled, case.arguments)]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name.startswith(("ASAN_", "UBSAN_", "LSAN_"))}
        return {"PATH": "/usr/bin:/bin", "HOME": str(self._folder), "XDG_STATE_HOME": str(self._folder), "LANG": "C.UTF-8",
                "TERM": "xterm-256color", "COLUMNS": "100"} | kept

    def _start(self, words: list[str], **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(words, env=self._environment(), start_new_session=True, **streams)

    def _piped(self, words: list[str], case: Case) -> Ended:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as given:
            given.write(case.stdin.encode("utf-8", "surrogateescape"))
            given.seek(0)
            begin = time.monotonic()
            child = self._start([*words, "-o", "json"], stdin=given, stdout=output, stderr=errors)
            code, seconds, memory = _end(child, begin)
            output.seek(0)
            errors.seek(0)
            return _ended(code, seconds, memory, output.read(), errors.read())

    def _on_terminal(self, words: list[str], case: Case) -> Ended:
        near, far = pty.openpty()
        tty.setraw(far)
        with tempfile.TemporaryFile() as given:
            given.write(case.stdin.encode("utf-8", "surrogateescape"))
            given.seek(0)
            begin = time.monotonic()
            child = self._start([*words, "--no-input", "--color", "always"], stdin=given, stdout=far, stderr=far)
            os.close(far)
            shown: list[bytes] = []
            reader = threading.Thread(target=_drain, args=(near, shown))
            reader.start()
            code, seconds, memory = _end(child, begin)
            reader.join()
            os.close(near)
            return _ended(code, seconds, memory, b"".join(shown), b"")

    def _common(self, case: Case, end: Ended, found: Found) -> list[str]:
        problems = []
        found.seconds = max(found.seconds, end.seconds)
        found.memory_mib = max(found.memory_mib, end.memory_mib)
        if end.seconds > case.timeout + self._seconds_more:
            found.late = True
            problems.append(f"ended after {end.seconds:.2f} s, with {case.timeout:.2f} s to spend")
        if self._check_memory and end.memory_mib > MOST_MEMORY_MIB:
            problems.append(f"took {end.memory_mib:.0f} MiB of memory")
        wanted = case.exit if case.exit is not None else 0 if found.failure == "none" else 1
        if end.code != wanted:
            problems.append(f"exit code {end.code}, not {wanted}: {(end.errors or end.output)[-300:]!r}")
        crash = _CRASH.search(end.output + end.errors)
        if crash:
            at = (end.output + end.errors).find(crash.group(0))
            problems.append(f"crash: {(end.output + end.errors)[max(0, at - 200):at + 1500]}")
        return problems

    def _json(self, case: Case, end: Ended, found: Found) -> list[str]:
        if end.bad_utf8:
            return ["json: not UTF-8"]
        try:
            seen = json.loads(end.output)
        except ValueError as error:
            return [f"json: {error}: {end.output[:200]!r}"]
        problems = []
        control = _CONTROL.search(end.output)
        if control:
            problems.append(f"json: control character {control.group(0)!r} in {_around(end.output, control.start())}")
        failure = seen.get("failure") or {"kind": "none"}
        found.failure = failure.get("kind", "error")
        if found.failure not in case.failure:
            problems.append(f"json: failure is {failure}, not {' or '.join(case.failure)}")
        if found.failure != "none" and not (failure.get("operation") and failure.get("text")):
            problems.append(f"json: the failure does not say where or what: {failure}")
        for name, wanted in case.facts.items():
            got = _fact(seen, name)
            part = isinstance(wanted, str) and wanted.startswith("~")
            if (part and wanted[1:] not in str(got)) or (not part and wanted != got):
                problems.append(f"json: {name} is {str(got)[:300]!r}, not {wanted!r}")
        return problems


def _fact(seen: dict[str, Any], name: str) -> Any:
    first, _, rest = name.partition(".")
    group = seen.get(first)
    inner = group if isinstance(group, dict) else {}
    return seen.get("facts", {}).get(name, seen.get(name, inner.get(rest)))


def _terminal(end: Ended) -> list[str]:
    problems = []
    if end.bad_utf8:
        problems.append("text: not UTF-8")
    plain = _OURS.sub("", end.output)
    control = _CONTROL.search(plain)
    if control:
        problems.append(f"text: control character {control.group(0)!r} in {_around(plain, control.start())}")
    if len(plain) > 65536:
        problems.append(f"text: {len(plain)} characters on the screen")
    if not plain.strip():
        problems.append("text: nothing on the screen")
    return problems


def _around(text: str, at: int) -> str:
    return repr(text[max(0, at - 60):at + 40])


def _ended(code: int, seconds: float, memory: float, output: bytes, errors: bytes) -> Ended:
    bad = False
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError:
        bad = True
        text = output.decode("utf-8", "replace")
    return Ended(code, seconds, memory, text, errors.decode("utf-8", "replace"), bad)


def _end(child: subprocess.Popen[bytes], begin: float) -> tuple[int, float, float]:
    """Waits for it, and ends it if it does not end; its exit code, seconds and peak memory in MiB.

    Time in which it or we were ready to run, but a busy machine ran something else, does not count. The kernel counts
    what the child had before it became the binary, so the memory is never less than our own.
    """
    ended = threading.Event()
    threading.Thread(target=_end_what_hangs, args=(child.pid, begin, ended), daemon=True).start()
    ours = _kept_waiting("thread-self")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    seconds = time.monotonic() - begin - _kept_waiting(str(child.pid)) - (_kept_waiting("thread-self") - ours)
    ended.set()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, seconds, usage.ru_maxrss / 1024


def _end_what_hangs(child: int, begin: float, ended: threading.Event) -> None:
    while not ended.wait(1):
        seconds = time.monotonic() - begin
        if seconds > MOST_PATIENCE_SECONDS or seconds - _kept_waiting(str(child)) > PATIENCE_SECONDS:
            os.kill(child, signal.SIGKILL)
            return


def _kept_waiting(task: str) -> float:
    """Seconds that the task waited for a processor, where the kernel counts that."""
    try:
        return int(Path(f"/proc/{task}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0


def _drain(descriptor: int, shown: list[bytes]) -> None:
    while True:
        try:
            select.select([descriptor], [], [])
            data = os.read(descriptor, 65536)
        except OSError:
            return
        if not data:
            return
        shown.append(data)
