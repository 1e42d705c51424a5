#!/usr/bin/python3
"""Plants secrets of all kinds and encodings wherever they can come in, and looks for them wherever they can get out."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from planted.cases import Case, Cases
from planted.forms import ENCODINGS, Search, forms
from planted.kinds import PLAIN, Planted, make
from planted.machine import Machine, Trace
from planted.records import Records
from planted.world import World

AZ = """#!/bin/sh
echo "{\\"state\\": \\"Running\\", \\"env\\": \\"$AZURE_CLIENT_SECRET\\", \\"said\\": $AZ_SAYS}"
echo "refused for $AZURE_CLIENT_SECRET with $AZURE_STORAGE_CONNECTION_STRING" >&2
printf '%s' "$AZ_SAYS" >&2
exit "$AZ_CODE"
"""


def problems_of(case: Case, trace: Trace, search: Search, proof: Search) -> list[str]:
    problems = [f"{where}: {what}" for where, data in trace.outputs.items() for what in search.find(data)]
    # Not in the process list, which holds what was typed while a process is there, and may be seen too late.
    everything = b"\n".join(data for where, data in trace.outputs.items() if not where.startswith("process list"))
    said = next((data for where, data in trace.outputs.items() if where.startswith("standard error") and data), b"")
    if case.expect not in everything:
        problems.append(f"nowhere: {case.expect.decode()} (code {trace.code}: {said[:300]!r})")
    for where in case.proof:
        outputs = [data for name, data in trace.outputs.items() if name.startswith(where) or name.endswith(where)]
        if not any(proof.find(data) for data in outputs):
            problems.append(f"{where}: what is planted as no secret is not found there (code {trace.code}: {said[:300]!r})")
    if case.whole:
        try:
            json.loads(trace.outputs["standard output"])
        except ValueError as error:
            problems.append(f"standard output is no JSON: {error}")
    if trace.dumped:
        problems.append("a core file")
    problems += [mark.decode() for mark in (b"not done in time", b"never shown") if mark in everything]
    return problems


def check_search(found: list[Planted], search: Search, rng: random.Random) -> list[str]:
    """A search that finds nothing proves nothing: each secret has to be found in each encoding, and in part."""
    problems = []
    for one in found:
        for name, form in forms(one.secret):
            if not search.find(("before\n" + form + "\nafter").encode()):
                problems.append(f"{one.kind} would not be found as {name}")
        at = rng.randrange(max(1, len(one.secret) - 12))
        if not search.find(one.secret[at : at + 12].encode()):
            problems.append(f"a piece of {one.kind} would not be found")
    if search.find(b"HTTP/1.1 200 OK x-azure-ref: 20261124T140203Z-r17c9f0000000000000abcdef0123456"):
        problems.append("the search finds what is no secret")
    return problems


def check_dump(folder: Path) -> str:
    """Whether this machine dumps at all, so that none from ours says something."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    process = subprocess.Popen(["sleep", "60"], cwd=folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (limit, limit)))
    time.sleep(0.2)
    process.send_signal(signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    return "others leave a core" if os.WCOREDUMP(status) else "no process leaves a core here"


def main() -> int:
    top = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="*", help="part of a case's name")
    parser.add_argument("--binary", type=Path, default=top / "build" / "release" / "aztriage")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--share", type=float, default=1.0, help="of the cases, by chance; the proofs that something would be found are never left out")
    parser.add_argument("--jobs", type=int, default=4, help="cases at a time")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    found = make(rng)
    print(f"seed {options.seed}: {len(found)} secrets in {len(ENCODINGS)} encodings", flush=True)
    search = Search()
    for one in found:
        search.add(one.kind, one.secret)
    failed = check_search(found, search, rng)
    for problem in failed:
        print("FAILED the search: " + problem)

    proof = Search()
    proof.add("plain", PLAIN)
    texts = ["\n\n".join(form for _, form in forms(one.text)) for one in found]
    headers = [one.text for one in found if "\n" not in one.text and len(one.text) < 700]
    passed = 0
    with tempfile.TemporaryDirectory(prefix="aztriage-tools-") as name:
        tools = Path(name)
        (tools / "keys").mkdir()
        world = World(texts, headers, found, tools / "keys")
        (tools / "az").write_text(AZ)
        (tools / "az").chmod(0o755)
        print(check_dump(tools))
        machine = Machine(options.binary.resolve(), tools)
        cases = [*Cases(machine, world, found).all(), *Records(machine, world, found).all()]
        if options.pattern:
            cases = [case for case in cases if any(part in case.name for part in options.pattern)]
        elif options.share < 1:
            cases = [case for case in cases if case.proof or rng.random() < options.share]
        with ThreadPoolExecutor(options.jobs) as pool:
            for case, trace in zip(cases, pool.map(lambda case: case.run(), cases)):
                problems = problems_of(case, trace, search, proof)
                if not problems:
                    passed += 1
                    continue
                failed.append(case.name)
                print(f"FAILED {case.name}")
                for problem in problems[:8]:
                    print("    " + problem)
        world.release.set()
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
