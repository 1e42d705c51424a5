#!/usr/bin/python3
"""The main job in a small world: an edge in front of an origin whose certificate is wrong, and aztriage beside it."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from lab import start


def main() -> int:
    root = start.HERE.parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("run", "walk"), default="run", help="run it once, or open the guided walk")
    parser.add_argument("--binary", type=Path, default=root / "build" / "release" / "aztriage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loopback", action="store_true", help="on loopback ports, even where namespaces are allowed")
    options = parser.parse_args()
    missing = start.missing_programs()
    if missing:
        print(f"not installed: {', '.join(missing)}; run ./dev setup", file=sys.stderr)
        return 2
    how = None if options.loopback else start.spaces()
    if how is None and not options.loopback:
        print("Network namespaces are not allowed here, so the servers run on loopback ports.\n", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="aztriage-demo-"))
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)  # the child ends by it; the folder is still removed
    try:
        command = [*(how or ()), sys.executable, "-B", "-m", "lab.show", options.what, "--world", str(start.HERE / "demo.yaml"),
                   "--folder", str(folder), "--binary", str(options.binary.resolve()), "--seed", str(options.seed)]
        command += ["--loopback"] if how is None else []
        return subprocess.run(command, env=start.environment(keep=True), check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
