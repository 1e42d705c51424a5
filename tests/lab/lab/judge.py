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
