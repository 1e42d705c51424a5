#!/usr/bin/python3
"""Runs aztriage in worlds with real servers and live faults, several at a time, and compares verdicts."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from lab import start
from lab.build import new_authority
from lab.world import answered, needs

SLOW_SECONDS = 150  # a world that needs more runs only with --all, or by its name
MARGIN_SECONDS = 30  # beyond what the world says that it needs: set-up, checks, a busy machine


@dataclass(frozen=True)
class Job:
    world: Path
    seed: int

    @property
    def name(self) -> str:
        return str(self.world.relative_to(start.WORLDS).with_suffix(""))


class Runner:
    def __init__(self, options: argparse.Namespace, how: tuple[str, ...], folder: Path) -> None:
        self._options = options
        self._how = how
        self._folder = folder
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, job: Job) -> dict[str, Any]:
        """One world from nothing to its result. Never raises for what happens inside."""
        folder = self._folder / f"{job.name.replace('/', '-')}-{job.seed}"
        folder.mkdir()
        more = ["--checks"] if self._options.prove or self._options.checks else []
        more += [] if self._options.prove else ["--binary", str(self._options.binary)]
        more += ["--playbooks", str(self._options.playbooks.resolve())] if self._options.playbooks else []
        started = time.monotonic()
        with self._lock:
            if self._stopped:
                return {"problems": ["interrupted"]}
            child = subprocess.Popen(start.arguments(self._how, job.world, folder, self._folder / "authority", job.seed, *more),
                                     env=start.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, start_new_session=True)
            self._running.add(child)
        try:
            output = child.communicate(timeout=needs(job.world) + MARGIN_SECONDS)[0]
            found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            found = {"problems": ["the world did not end in time"]}
        except (OSError, ValueError):
            found = {"problems": [f"the world ended without a result: {output[-1500:]}"]}
        finally:
            with self._lock:
                self._running.discard(child)
            if not self._options.keep:
                shutil.rmtree(folder, ignore_errors=True)
        return found | {"world": job.name, "seed": job.seed, "seconds": time.monotonic() - started}

    def stop(self) -> None:
        """Ends all worlds; the kernel ends what is in them."""
        with self._lock:
            self._stopped = True
            for child in self._running:
                child.kill()


def expected(world: Path) -> str:
    data = yaml.safe_load(world.read_text(encoding="utf-8"))
    expect = data.get("expect", {})
    if "probe" in data.get("run", {}):
        wanted = expect.get("failure", "none")
        wanted = "answered" if wanted == "none" else wanted
    else:
        wanted = expect.get("cause") or expect.get("verdict", "")
    text = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
    return f"{text}: {expect['reason']}" if expect.get("reason") else text


def line(job: Job, found: dict[str, Any], many_seeds: bool) -> str:
    name = f"{job.name} #{job.seed}" if many_seeds else job.name
    probability = f"{found['probability']:.3f}" if "probability" in found else ""
    took = f"{found['run_seconds']:.1f}" if "run_seconds" in found else ""
    verdict = str(found.get("verdict", ""))
    state = "FAILED" if found["problems"] else "skipped" if "skipped" in found else "ok"
    return f"{state:<7}{name:<38} {expected(job.world):<34} {verdict:<34} {probability:>6} {took:>6} {found.get('setup_seconds', 0):>5.1f}"


def details(found: dict[str, Any]) -> str:
    lines = [f"        {problem}" for problem in found["problems"]]
    if "command" in found:
        lines.append("        " + " ".join(found["command"]))
    lines += [f"          {step}" for step in found.get("steps", [])]
    lines += [f"        stderr: {text}" for text in found.get("stderr", "").splitlines()[-8:]]
    return "\n".join(lines)


def tell_again(results: list[dict[str, Any]], many_seeds: bool) -> None:
    """What failed once more at the end, where a log that was cut still shows it."""
    print()
    for found in results:
        if found["problems"]:
            print(line(Job(start.WORLDS / f"{found['world']}.yaml", found["seed"]), found, many_seeds))
            print(details(found)[:2000])


def jobs_of(options: argparse.Namespace) -> list[Job]:
    worlds = sorted(start.WORLDS.glob("*/*.yaml"))
    if options.pattern:
        worlds = [w for w in worlds if any(p in str(w.relative_to(start.WORLDS).with_suffix("")) for p in options.pattern)]
    left_out = [] if options.all or options.pattern else [w for w in worlds if needs(w) > SLOW_SECONDS or answered(w)]
    options.skipped = len(left_out) * options.seeds
    worlds = [w for w in worlds if w not in left_out]
    found = [Job(world, options.seed + number) for number in range(options.seeds) for world in worlds]
    return sorted(found, key=lambda job: -needs(job.world))


def perform(options: argparse.Namespace, jobs: list[Job], how: tuple[str, ...]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="aztriage-lab-"))
    folder.chmod(0o711)  # servers that run as somebody else have to find their own folder
    runner = Runner(options, how, folder)
    results: list[dict[str, Any]] = []
    interrupted = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        interrupted.set()
        runner.stop()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        new_authority(folder / "authority")
        print(f"       {'world':<38} {'expected':<34} {'verdict':<34} {'prob.':>6} {'run s':>6} {'up s':>5}")
        with ThreadPoolExecutor(options.jobs) as pool:
            waiting: dict[Future[dict[str, Any]], Job] = {pool.submit(runner.run, job): job for job in jobs}
            while waiting:
                done, _ = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
                for future in done:
                    job, found = waiting.pop(future), future.result()
                    if interrupted.is_set():
                        continue
                    results.append(found)
                    print(line(job, found, options.seeds > 1), flush=True)
                    if "skipped" in found:
                        print(f"        {found['skipped']}", flush=True)
                    if found["problems"]:
                        print(details(found), flush=True)
    finally:
        runner.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    failed = sum(1 for found in results if found["problems"])
    if failed:
        tell_again(results, options.seeds > 1)
    skipped = sum(1 for found in results if "skipped" in found)
    print(f"{len(results) - failed - skipped} passed, {failed} failed, {len(jobs) - len(results) + skipped + options.skipped} skipped")
    return 130 if interrupted.is_set() else 1 if failed else 0


def shell(options: argparse.Namespace, job: Job, how: tuple[str, ...]) -> int:
    """Opens a shell on the client of one world."""
    folder = Path(tempfile.mkdtemp(prefix="aztriage-lab-"))
    folder.chmod(0o711)
    try:
        more = ["--shell"] + (["--binary", str(options.binary)] if options.binary.exists() else [])
        return subprocess.run(start.arguments(how, job.world, folder, folder / "authority", job.seed, *more), env=start.environment(), check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    root = start.HERE.parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="*", help="part of the name of a world, such as front-door/ or name-check")
    parser.add_argument("--jobs", type=int, default=max(4, 2 * (os.cpu_count() or 1)), help="worlds at a time")
    parser.add_argument("--seed", type=int, default=1, help="chooses names, addresses and all that must not matter")
    parser.add_argument("--seeds", type=int, default=1, help="repeat with so many seeds")
    parser.add_argument("--binary", type=Path, default=root / "build" / "release" / "aztriage")
    parser.add_argument("--playbooks", type=Path, help="playbooks that replace the built-in ones")
    parser.add_argument("--json", type=Path, help="write all results here")
    parser.add_argument("--all", action="store_true", help="also worlds that take minutes, and those that answers given beforehand help to decide")
    parser.add_argument("--keep", action="store_true", help="keep the files of each world")
    parser.add_argument("--list", action="store_true", help="names of the worlds")
    parser.add_argument("--prove", action="store_true", help="only prove the worlds by their checks, without aztriage")
    parser.add_argument("--checks", action="store_true", help="prove each world before aztriage runs in it")
    parser.add_argument("--shell", action="store_true", help="a shell on the client of the one world that fits")
    options = parser.parse_args()

    jobs = jobs_of(options)
    if options.list:
        print("\n".join(sorted({job.name for job in jobs})))
        return 0
    if not jobs:
        print("no world has such a name", file=sys.stderr)
        return 2
    how = start.spaces()
    missing = start.missing_programs()
    if how is None or missing:
        print("namespaces are not allowed here; run it as root" if how is None else f"not installed: {', '.join(missing)}", file=sys.stderr)
        print(f"0 passed, 0 failed, {len(jobs) + options.skipped} skipped")
        return 0
    if "--user" in how:
        # squid refuses to run as root, and in a user's namespace there is nobody else.
        left = [job for job in jobs if "\nproxy: " not in job.world.read_text(encoding="utf-8")]
        print(f"not as root: {len(jobs) - len(left)} worlds with a proxy are skipped", file=sys.stderr)
        jobs, options.skipped = left, options.skipped + len(jobs) - len(left)
    if options.shell:
        return shell(options, jobs[0], how)
    options.binary = options.binary.resolve()
    if not options.prove and not options.binary.exists():
        print(f"{options.binary} is not built", file=sys.stderr)
        return 2
    return perform(options, jobs, how)


if __name__ == "__main__":
    sys.exit(main())
