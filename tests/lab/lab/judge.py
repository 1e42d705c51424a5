"""Compares what aztriage said with what a world expects."""

from __future__ import annotations

from typing import Any

_EXIT = {"isolated": 1, "healthy": 0, "inconclusive": 3, "unlisted": 3}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def differences(expect: dict[str, Any], result: dict[str, Any], exit_code: int) -> list[str]:
    """What is not as expected, each as a line."""
    found: list[str] = []

    def compare(what: str, wanted: Any, got: Any) -> None:
        if got not in _as_list(wanted):
            found.append(f"{what} is {got!r}, not {wanted!r}")

    cause = result.get("cause") or {}
    for key in ("verdict", "symptom", "reason"):
        if key in expect:
            compare(key, expect[key], result.get(key))
    if "cause" in expect:
        compare("cause", expect["cause"], cause.get("id"))
    compare("exit code", expect.get("exit", _EXIT.get(str(result.get("verdict")), 4)), exit_code)
    if result.get("verdict") == "isolated" and cause.get("id") in _as_list(expect.get("not-cause", [])):
        found.append(f"cause is {cause['id']!r}")
    if "below" in expect:
        for entry in result.get("causes", []):
            if entry["id"] != "unlisted" and entry["probability"] >= expect["below"]:
                found.append(f"{entry['id']} has {entry['probability']:.2f}, not below {expect['below']}")
    outcomes = {step["id"]: step.get("outcome") or step.get("state") for step in result.get("steps", [])}
    for step, wanted in expect.get("steps", {}).items():
        compare(f"step {step}", wanted, outcomes.get(step, "absent"))
    return found


def fact(result: dict[str, Any], name: str) -> Any:
    """A fact of an observation by its full name, wherever the JSON form puts it; None if it was not seen."""
    first, _, rest = name.partition(".")
    group = result.get(first)
    for place, key in ((result.get("facts", {}), name), (result, name), (group if isinstance(group, dict) else {}, rest)):
        if key in place:
            return place[key]
    return None


def _fits(wanted: Any, got: Any) -> bool:
    """Equal; `~part` of it or of one of its items; `>N`, `<N`; null: not seen; a list: any of these, or of a list all of these."""
    if wanted == []:
        return bool(got == [])
    if isinstance(wanted, list):
        return all(_fits_one(item, got) for item in wanted) if isinstance(got, list) else any(_fits_one(item, got) for item in wanted)
    return _fits_one(wanted, got)


def _fits_one(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, str) and wanted[:1] in ("~", ">", "<") and len(wanted) > 1:
        if wanted[0] == "~":
            return got is not None and any(wanted[1:].strip() in str(item) for item in _as_list(got))
        if not isinstance(got, (int, float)):
            return False
        return got > float(wanted[1:]) if wanted[0] == ">" else got < float(wanted[1:])
    if isinstance(got, list) and not isinstance(wanted, list):
        return wanted in got
    # In Python True == 1, in a fact it is not.
    return bool(wanted == got) and isinstance(wanted, bool) == isinstance(got, bool)


def probe_differences(expect: dict[str, Any], result: dict[str, Any], exit_code: int) -> list[str]:
    """The same for one probe."""
    found: list[str] = []
    if "observations" in result:
        for number, one in enumerate(result["observations"], 1):
            found += [f"target {number}: {line}" for line in probe_differences(expect, one, exit_code)]
        return found
    failure = result.get("failure") or {"kind": "none"}
    if "answered" in expect and result.get("answered") is not expect["answered"]:
        found.append(f"answered is {result.get('answered')}")
    if "failure" in expect and failure["kind"] not in _as_list(expect["failure"]):
        found.append(f"failure is {failure['kind']}: {failure.get('text')}; not {expect['failure']}")
    if "operation" in expect and failure.get("operation") not in _as_list(expect["operation"]):
        found.append(f"it failed at {failure.get('operation')!r}, not {expect['operation']!r}")
    for name, wanted in expect.get("facts", {}).items():
        got = fact(result, name)
        if not _fits(wanted, got):
            found.append(f"{name} is {got!r}, not {wanted!r}")
    usual = [0, 1] if "failure" not in expect else [0] if expect["failure"] == "none" else [1]
    if exit_code not in _as_list(expect.get("exit", usual)):
        found.append(f"exit code is {exit_code}, not {expect.get('exit', usual)}")
    return found


def probe_brief(result: dict[str, Any]) -> list[str]:
    """What the probe saw, for a person who looks for what went wrong."""
    return [f"{name} = {value}"[:330] for name, value in result.items() if value not in (None, "", [], {})]


def top(result: dict[str, Any]) -> tuple[str, float]:
    """The verdict as one word, and how probable its cause is."""
    verdict = str(result.get("verdict", "-"))
    causes = result.get("causes") or []
    best: dict[str, Any] = max(causes, key=lambda entry: entry["probability"], default={"id": "", "probability": 0.0})
    if verdict == "isolated":
        cause = result.get("cause") or best
        return str(cause["id"]), float(cause.get("probability") or 0)
    reason = result.get("reason")
    return (f"{verdict}: {reason}" if reason else verdict), float(best["probability"])


_SHOWN = ("status", "answered", "failure", "answered-by", "time", "certificate", "class", "addresses", "tries", "by", "finding", "summary")


def brief(result: dict[str, Any]) -> list[str]:
    """Each step that has something to say on a line, for a person who looks for what went wrong."""
    lines = []
    for step in result.get("steps", []):
        if step.get("state") in ("skipped", "not-run"):
            continue
        observation = step.get("observation") or {}
        facts = {key: observation[key] for key in _SHOWN if observation.get(key) not in (None, "", [], {})}
        text = ", ".join(f"{key}={str(value)[:110]}" for key, value in facts.items() if key != "tries" or not isinstance(value, list))
        lines.append(f"{step['id']:<18} {step.get('outcome') or step.get('state') or '':<18} {text}"[:330])
    for entry in (result.get("causes") or [])[:4]:
        evidence = ", ".join(f"{e['step']}={e['outcome']} {e['bits']:+.1f}" for e in entry.get("evidence", []) if abs(e["bits"]) >= 0.3)
        lines.append(f"  {entry['probability']:6.3f} {entry['id']:<18} {evidence}"[:330])
    return lines
