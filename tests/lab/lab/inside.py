"""What runs inside the namespaces of one world: builds it, proves it, runs aztriage in it, writes the result."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .build import Built, Place, new_authority
from . import servers
from .judge import brief, differences, probe_brief, probe_differences, top
from .world import World, WorldError, read


def command(world: World, built: Place, binary: str, verb: str = "run") -> list[str]:
    """The command line as a user would type it in this world."""
    run = world.run
    if "probe" in run:
        words = [binary, "probe", run["probe"], *world.targets]
        for name, value in run.get("with", {}).items():
            words += ["-w", f"{name}={_text(value)}"]
    else:
        words = [binary, verb, run["playbook"]]
    for name, value in run.get("set", {}).items():
        words += ["-s", f"{name}={value}"]
    for step, outcome in run.get("answers", {}).items():
        words += ["-a", f"{step}={outcome}"]
    words += [str(argument) for argument in run.get("args", [])]
    words += built.arguments()
    return [_filled(word, built) for word in words]


def _filled(text: str, built: Place) -> str:
    """With what only a built world knows."""
    for name, value in built.words().items():
        text = text.replace(name, value)
    return text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def judge(world: World, built: Built, options: argparse.Namespace) -> dict[str, Any]:
    started = time.monotonic()
    playbooks = ["--playbooks", options.playbooks] if options.playbooks and "probe" not in world.run else []
    words = [*command(world, built, options.binary), *playbooks, "-o", "json"]
    environment = {name: _filled(str(value), built) for name, value in world.run.get("environment", {}).items()}
    child = built.on_client(words, environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        output, errors = child.communicate(timeout=world.needs)
    except subprocess.TimeoutExpired:
        child.kill()
        output, errors = child.communicate()
        return {"problems": [f"aztriage did not end within {world.needs} s"], "command": words, "stderr": errors[-2000:]}
    found: dict[str, Any] = {"command": words, "exit": child.returncode, "run_seconds": time.monotonic() - started}
    try:
        result = json.loads(output)
    except ValueError:
        return found | {"problems": [f"exit code {child.returncode}, and standard output is not JSON"], "stderr": (errors or output)[-2000:]}
    if "probe" in world.run:
        failure = result.get("failure") or {}
        found |= {"verdict": failure.get("kind") or "answered", "problems": probe_differences(world.expect, result, child.returncode), "result": result}
        return found | ({"steps": probe_brief(result), "stderr": errors[-2000:]} if found["problems"] else {})
    verdict, probability = top(result)
    slowest = max((step.get("took_ms") or 0 for step in result.get("steps", [])), default=0)
    found |= {"took_ms": result.get("took_ms"), "slowest_step_ms": slowest}
    found |= {"verdict": verdict, "probability": probability, "problems": differences(world.expect, result, child.returncode), "result": result}
    if found["problems"]:
        found |= {"steps": brief(result), "stderr": errors[-2000:]}
    return found


def work(options: argparse.Namespace) -> dict[str, Any]:
    started = time.monotonic()
    try:
        world = read(options.world, options.root, options.seed)
        servers.check_available(world)
    except WorldError as error:
        return {"problems": [str(error)]}
    except servers.Unavailable as reason:
        return {"problems": [], "skipped": str(reason)}
    built = Built(world, options.folder, new_authority(options.authority))
    found: dict[str, Any] = {"setup_seconds": time.monotonic() - started, "problems": []}
    # A world in which nothing runs is there for its checks.
    for line in world.check if options.checks or not world.run else []:
        problem = built.check(_filled(line, built))
        if problem:
            found["problems"].append(f"the world itself is wrong: {problem}")
    built.forget()
    if options.shell:
        print(f"seed {options.seed}, folder {options.folder}\n" + "\n".join(f"  {k} = {v}" for k, v in world.words.items()))
        if world.run:
            print("  " + " ".join(command(world, built, options.binary or "aztriage")))
        built.on_client(["bash", "--norc", "-i"], {"TERM": "xterm", "PS1": f"{world.id}$ "}).wait()
    elif options.binary and not found["problems"] and world.run:
        found |= judge(world, built, options)
    if built.trouble():
        found["problems"].append(built.trouble())
    built.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("world", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--authority", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default="")
    parser.add_argument("--playbooks", default="")
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--shell", action="store_true")
    options = parser.parse_args()
    try:
        found = work(options)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        found = {"problems": [f"the world does not come up: {error}"]}
    (options.folder / "result.json").write_text(json.dumps(found), encoding="utf-8")
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
