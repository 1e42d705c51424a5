#!/usr/bin/python3
"""Runs the binary against hostile servers on the loopback, several at a time."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from hostile.authority import Authority
from hostile.case import load
from hostile.run import MOST_SECONDS_MORE, Found, Runner


def show(found: Found) -> None:
    state = "FAILED" if found.problems else "ok"
    print(f"{state:<7}{found.probe:<8}{found.name:<52}{found.failure:<22}{found.seconds:5.2f} s {found.memory_mib:5.0f} MiB", flush=True)
    for problem in found.problems:
        print(f"        {problem}", flush=True)


def meet(how: tuple[Path, Path, bool, float], name: tuple[str, str]) -> Found:
    """One case, in a process of its own."""
    binary, folder, check_memory, seconds_more = how
    authority = Authority.use(folder)
    case = next(case for case in load() if (case.probe, case.name) == name)
    try:
        return Runner(binary, authority.root, folder, check_memory, seconds_more).run(case)
    except Exception as error:  # ours, not the binary's; the other cases are met all the same
        return Found(case.name, case.probe, [f"the case could not be run: {error!r}"])


def perform(how: tuple[Path, Path, bool, float], names: list[tuple[str, str]], jobs: int) -> list[Found]:
    """Each case; those that were late again by themselves, because another case may have kept the machine busy."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hostile.run"])
    results: list[Found] = []
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool:
        for found in pool.map(meet, [how] * len(names), names):
            if not found.late:
                show(found)
            results.append(found)
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        for number, found in enumerate(results):
            for _ in range(3):
                if results[number].late:
                    results[number] = pool.submit(meet, how, (found.probe, found.name)).result()
            if found.late:
                show(results[number])
    return results


def main() -> int:
    top = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="*", help="part of a case's name or its probe's name")
    parser.add_argument("--binary", type=Path, default=top / "build" / "release" / "aztriage")
    parser.add_argument("--jobs", type=int, default=12, help="cases at a time")
    parser.add_argument("--sanitizers", action="store_true", help="the binary carries sanitizers: its memory says nothing, and it is slow")
    parser.add_argument("--list", action="store_true", help="names of the cases")
    options = parser.parse_args()

    cases = [case for case in load() if not options.pattern or any(p in f"{case.probe} {case.name}" for p in options.pattern)]
    if options.list:
        print("\n".join(f"{case.probe:<8}{case.name}" for case in cases))
        return 0
    if not cases:
        print("no case has such a name", file=sys.stderr)
        return 2
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aztriage-hostile-") as name:
        folder = Path(name)
        Authority.make(folder)
        how = (options.binary.resolve(), folder, not options.sanitizers, 10 if options.sanitizers else MOST_SECONDS_MORE)
        results = perform(how, [(case.probe, case.name) for case in sorted(cases, key=lambda case: -case.timeout)], options.jobs)
    failed = sum(1 for found in results if found.problems)
    print(f"{len(results) - failed} passed, {failed} failed, {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
