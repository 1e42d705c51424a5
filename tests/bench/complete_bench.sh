#!/usr/bin/env bash
# Time of one TAB beside `curl --version`, in one run: complete_bench.sh [BINARY] [ROUNDS].
# Whole processes, in turns, so that both see the same load; the figure is the median of the rounds' ratios.
# Fails when it is above 0.30.
set -euo pipefail
binary=$(realpath "${1:-build/release/aztriage}")
rounds=${2:-60}

exec python3 - "$binary" "$rounds" <<'PYTHON'
import statistics
import subprocess
import sys
import time

binary, rounds = sys.argv[1], int(sys.argv[2])
tab = [binary, "__complete", "--", "run", "front-door/5xx-from-edge", "-s", ""]
peer = ["curl", "--version"]


def milliseconds(command):
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1000


for command in (tab, peer):
    milliseconds(command)
pairs = [(milliseconds(tab), milliseconds(peer)) for _ in range(rounds)]
ours = statistics.median(a for a, _ in pairs)
theirs = statistics.median(b for _, b in pairs)
ratio = statistics.median(a / b for a, b in pairs)
print(f"__complete {ours:.2f} ms, curl --version {theirs:.2f} ms, ratio {ratio:.2f} (median of {rounds})")
sys.exit(0 if ratio <= 0.30 else 1)
PYTHON
