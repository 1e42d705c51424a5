"""Shows aztriage at work in a world, as a user would see it."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
from pathlib import Path

from .build import Built, Place, new_authority
from .inside import command
from .judge import differences, top
from .loopback import Loopback
from .world import World, read


def _say(text: str) -> None:
    print(text, flush=True)


def introduce(world: World, where: str) -> None:
    _say(f"A small world, {where}: {world.title}.")
    for host in world.hosts.values():
        what = f"nginx as {host.kind}, forwards to {world.hosts[host.origin.to].name}" if host.origin else f"nginx as {host.kind}, certificate: {host.certificate}"
        _say(f"  {' = '.join((*host.also, host.name)):<58} {host.address:<16} {what}")
    _say("")


def _typed(words: list[str]) -> str:
    """The command as a user would type it, over several lines where it is long."""
    text = shlex.join(["aztriage", *words[1:]])
    return "$ " + (text if len(text) < 180 else text.replace(" --", " \\\n    --"))


def _run_in(place: Place, words: list[str]) -> int:
    # The child takes Ctrl-C; a handler, unlike "ignore", is not inherited by it.
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    terminal = {name: os.environ[name] for name in ("TERM", "COLUMNS", "NO_COLOR", "TZ") if name in os.environ}
    return place.on_client(words, terminal).wait()


def show_run(world: World, place: Place, folder: Path, binary: str) -> int:
    """Runs the command for people to see; 0 when the verdict is the right one."""
    report = folder / "report.json"
    words = command(world, place, binary)
    _say(_typed(words))
    code = _run_in(place, [*words, "--report", f"json={report}"])
    try:
        result = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _say(f"\nno result: exit code {code}, {error}")
        return 1
    wrong = differences(world.expect, result, code)
    verdict, probability = top(result)
    _say(f"\nThe world was made with the fault '{world.expect['cause']}'; the verdict is {result['verdict']}: {verdict}, {probability:.1%}.")
    for problem in wrong:
        _say(f"  wrong: {problem}")
    _say("Walk through the same world yourself: ./dev demo walk")
    return 1 if wrong else 0


def show_walk(world: World, place: Place, binary: str) -> int:
    words = command(world, place, binary, "walk")
    _say(_typed(words))
    code = _run_in(place, words)
    return 0 if code in (0, 1, 3) else code


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("run", "walk"))
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loopback", action="store_true")
    options = parser.parse_args()
    world = read(options.world, options.world.parent, options.seed)
    authority = new_authority(options.folder / "authority")
    place: Built | Loopback
    if options.loopback:
        place = Loopback(world, options.folder, authority)
        introduce(world, "on loopback ports")
    else:
        place = Built(world, options.folder, authority)
        introduce(world, "in network namespaces of its own")
    try:
        if options.what == "walk":
            return show_walk(world, place, options.binary)
        return show_run(world, place, options.folder, options.binary)
    finally:
        if isinstance(place, Loopback):
            place.close()


if __name__ == "__main__":
    sys.exit(main())
