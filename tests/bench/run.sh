#!/usr/bin/env bash
# Every benchmark, or those whose name has a part of what is given: run.sh [PART]
# Each prints a ratio against a public tool, or figures beside those of its reference, from the same run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=build/release
part=${1:-}

wanted() { [[ -z $part || $1 == *$part* ]]; }
title() { printf '\n== %s\n' "$*"; }

if wanted complete; then
  title 'one TAB beside curl --version (aim: at most 0.30)'
  tests/bench/complete_bench.sh "$build/aztriage" || true
fi
if wanted select; then
  title 'choosing the next step, causes x steps x outcomes'
  cmake --build "$build" --target select_bench >/dev/null
  "$build/tests/bench/select_bench"
fi
if wanted walk; then
  title 'walks of every playbook beside looking ahead (aim: at most 1.1) and beside its own order (aim: at most 0.75)'
  cmake --build "$build" --target walk_bench >/dev/null
  "$build/tests/bench/walk_bench" 100
fi
if wanted https; then
  title '200 HTTPS checks on new connections beside curl -Z (aim: at most 0.83)'
  cmake --build "$build" --target https_bench >/dev/null
  "$build/tests/bench/https_bench" 200 5
  title '2,000 of them'
  "$build/tests/bench/https_bench" 2000 3
fi
if wanted flight; then
  title 'memory of a probe that waits, beside 64 KiB (aim: at most 1, the same for 1,000 and 10,000 at once)'
  cmake --build "$build" --target flight_bench >/dev/null
  "$build/tests/bench/flight_bench"
fi
if wanted far; then
  title 'all probes of a playbook at 100 ms round trip beside the slowest of them (aim: at most 1.15)'
  report=$(mktemp)
  /usr/bin/python3 tests/lab/run.py --json "$report" healthy/far-away >&2
  /usr/bin/python3 - "$report" <<'PYTHON'
import json
import sys

for world in json.load(open(sys.argv[1])):
    took, slowest = world["took_ms"], world["slowest_step_ms"]
    print(f"{world['world']}: {took} ms in all, {slowest} ms the slowest step, ratio {took / slowest:.2f}")
PYTHON
  rm -f "$report"
fi
