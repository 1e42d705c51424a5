"""Kills walks at random moments and compares what was on the screen with the case: `kill.py BINARY [--kills N] [--seed N]`.

Each walk runs on a terminal of its own against a server on the loopback, is answered at random, and ends by SIGKILL.
Then everything that had been shown must stand in its file; `case resume` must ask the same question, although it may be
killed itself; `case show` must tell it all; `run --replay` must come to the verdict on the file; an exported case that is
imported must have the same bytes. Nothing leaves this machine.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from screen import COMMAND, Home, QUESTIONS, Trouble, check, events_of, serving, shown_outcomes, shown_questions

PASTED = ('{"state": "shut"}', '{"state": "ajar"}', "bash: az: command not found")
STEADY = ("note", "verdict", "outcome", "observation", "vantage", "shell", "hand-over", "attempt")
# What the screen says once it has happened, and what then stands in the file.
ACKNOWLEDGED = (
    ("\n  noted\n", lambda e: e["event"] == "note"),
    ("\n  excluded; - ", lambda e: e["event"] == "pin" and not e["certain"]),
    ("\n  held for certain; - ", lambda e: e["event"] == "pin" and e["certain"]),
    ("\n  left to the evidence again", lambda e: e["event"] == "unpin"),
    ("\n  from now on for ", lambda e: e["event"] == "shell"),
    ("\n  1 line read", lambda e: e["event"] == "paste" and "observation" in e),
    ("\n  could not be read: ", lambda e: e["event"] == "paste" and "observation" not in e),
    ("\n  v verifies it", lambda e: e["event"] == "attempt"),
    ("\nCONFIRMED  ", lambda e: e["event"] == "trial" and e["gone"]),
    ("\n  it did not help; on with the rest", lambda e: e["event"] == "trial" and not e["gone"]),
    ("\nROUND 2 of this call", lambda e: e["event"] == "round"),
)


def reply_of(dice):
    cause = f"c{dice.randrange(6)}"
    return dice.choice(["1", "2", "1", "2", "1", "2", "d", "s", "u", "w", "c", "l", "y", "e", "h 1", "b 1", "r left", f"x {cause}",
                        f"! {cause}", f"- {cause}", f"t {cause}", "v no", "v yes" if dice.random() < 0.3 else "v no",
                        f"p {COMMAND}\n{dice.choice(PASTED)}\n."])


def drive(screen, dice, most):
    """Answers until so many replies were sent, or so much was shown; what was sent, and how much of it was understood."""
    sent = []
    notes = understood = 0
    bytes_shown = dice.choice([None, dice.randrange(4000)])

    def enough():
        return screen.over or (bytes_shown is not None and len(screen.raw) > bytes_shown)

    if not screen.wait_for(lambda: enough() or screen.prompts() > 0) or enough():
        return sent, 0
    while len(sent) < most and not enough():
        if dice.random() < 0.4:
            sent.append(reply_of(dice))
            screen.send(sent[-1])
            screen.read(dice.random() * 0.03)
            continue
        notes += 1
        sent.append("n the customer says it is number %d" % dice.randrange(10**6))
        screen.send(sent[-1])
        if not screen.wait_for(lambda: enough() or screen.text().count("\n  noted\n") >= notes) or enough():
            break
        understood = len(sent)
    end = time.monotonic() + dice.random() * 0.05
    while time.monotonic() < end and screen.read(max(0.0, end - time.monotonic())):
        pass
    return sent, understood


def compare(screen, sent, understood, events):
    text = screen.text()
    outcomes = [(e["step"], e["say"] or e["reason"] or e["outcome"]) for e in events if e["event"] == "outcome"]
    for step, say in shown_outcomes(text):
        check(any(step == known and (say.startswith(told) or told.startswith(say)) for known, told in outcomes),
              f"shown, and not on the case: {step} {say}")
    asked = [e["text"] for e in events if e["event"] == "ask" and e["step"] in QUESTIONS]
    questions = shown_questions(text)
    check(questions == asked[:len(questions)], f"asked {questions}, on the case {asked}")
    check(len(asked) - len(questions) <= 1, f"asked only {questions}, on the case {asked}")
    for phrase, matches in ACKNOWLEDGED:
        shown, kept = text.count(phrase), sum(map(matches, events))
        check(shown <= kept, f"{phrase.strip()!r} was shown {shown} times, and is {kept} times on the case")
    notes = [e["text"] for e in events if e["event"] == "note"]
    wanted = [reply[2:] for reply in sent if reply.startswith("n ")]
    check(notes == wanted[:len(notes)], f"noted {wanted}, on the case {notes}")
    done = [reply[2:] for reply in sent[:understood] if reply.startswith("n ")]
    check(done == notes[:len(done)], f"noted {done}, on the case {notes}")
    values = {"1": ("shows", "shut"), "2": ("hides", "ajar"), "d": (None,)}
    answers = [e["outcome"] for e in events if e["event"] == "answer"]
    wanted = [values[reply] for reply in sent if reply in values]
    # Where no question stands, a number is no answer: then the order is all that can be told.
    at = 0
    for answer in answers:
        while at < len(wanted) and answer not in wanted[at]:
            at += 1
        check(at < len(wanted), f"answered {wanted}, on the case {answers}")
        at += 1
    always_asked = not any(e["event"] == "ask" and e["step"] is None for e in events)
    if always_asked and not any(reply.startswith(("p ", "y", "b ")) for reply in sent):
        done = [reply for reply in sent[:understood] if reply in values]
        check(len(answers) >= len(done), f"answered {done}, on the case {answers}")


def ends_with_prompt(screen):
    return screen.over or screen.text().endswith("\n> ")


def expected_question(events):
    """The question that a walk that goes on must ask; None where looks were under way or something was just answered."""
    asks = [i for i, e in enumerate(events) if e["event"] == "ask"]
    looked = {e["step"] for e in events if e["event"] == "outcome"}
    if not asks or not {"gate", "left", "right"} <= looked:
        return None
    after = events[asks[-1] + 1:]
    if any(e["event"] not in STEADY or e.get("verdict") == "isolated" for e in after):
        return None
    return events[asks[-1]]


def resume(home, case_id, dice, tally):
    """1 when the question could be compared."""
    path = home.path(case_id)
    if dice.random() < 0.3:
        first = home.resume(case_id)
        shown = dice.randrange(1500)
        first.wait_for(lambda: ends_with_prompt(first) or len(first.raw) > shown)
        first.kill()
        tally["twice"] += 1
        for step, say in shown_outcomes(first.text()):
            check(step in path.read_text(), f"shown by case resume, and not on the case: {step} {say}")
    events, _ = events_of(path)
    wanted = expected_question(events)
    resumed = home.resume(case_id)
    try:
        check(resumed.wait_for(lambda: ends_with_prompt(resumed)) and not resumed.over,
              f"case resume asks nothing: {resumed.text()}")
        text = resumed.text()
        check(f"case {case_id}" in text, f"case resume went wrong: {text}")
        if wanted is not None and wanted["step"] in QUESTIONS:
            tally["questions"] += 1
            check(shown_questions(text)[-1:] == [wanted["text"]], f"asked {wanted['text']} before the kill, and after it:\n{text}")
        elif wanted is not None and wanted["step"] is None:
            check(not shown_questions(text), f"asked nothing before the kill, and after it:\n{text}")
    finally:
        resumed.kill() if resumed.over else resumed.leave()
    return 0 if wanted is None else 1


def replay(home, case_id):
    events, torn = events_of(home.path(case_id))
    check(not torn, "the file is torn after it was resumed")
    verdicts = [e for e in events if e["event"] == "verdict"]
    done = subprocess.run([home.binary, "run", "--replay", case_id, "--playbooks", home.books, "-o", "json"],
                          env=home.environment, capture_output=True, timeout=120)
    result = json.loads(done.stdout)
    for name in ("verdict", "reason", "symptom"):
        check(result[name] == verdicts[-1][name], f"replayed {name} {result[name]}, on the case {verdicts[-1][name]}")
    cause = result["cause"]["id"] if result["cause"] else None
    check(cause == verdicts[-1]["cause"], f"replayed the cause {cause}, on the case {verdicts[-1]['cause']}")


def show(home, case_id, screen):
    done = subprocess.run([home.binary, "case", "show", case_id], env=home.environment, capture_output=True, text=True, timeout=120)
    for step, say in shown_outcomes(screen.text()):
        check(say in done.stdout, f"'case show' does not tell: {step} {say}\n{done.stdout}")


def round_trip(home, case_id):
    path = home.path(case_id)
    before = path.read_bytes()
    copy = home.folder / "copy.jsonl"
    copy.unlink(missing_ok=True)
    for words in (["export", case_id, str(copy)], ["delete", "--yes", case_id], ["import", str(copy)]):
        subprocess.run([home.binary, "case", *words], env=home.environment, check=True, capture_output=True, timeout=120)
    check(copy.read_bytes() == before and path.read_bytes() == before, "export and import changed the case")


def one(home, dice, tally):
    screen = home.walk()
    sent, understood = drive(screen, dice, dice.randrange(25))
    screen.kill()
    case_id = screen.case_id()
    if case_id is None:
        tally["early"] += 1
        check(not shown_outcomes(screen.text()), "something was shown before there was a case")
        return
    path = home.path(case_id)
    check(path.is_file(), "there is no file")
    events, torn = events_of(path)
    tally["torn"] += bool(torn)
    tally["lines"] += len(events)
    for event in events:
        tally["kinds"].add(event["event"])
    compare(screen, sent, understood, events)
    show(home, case_id, screen)
    tally["compared"] += resume(home, case_id, dice, tally)
    replay(home, case_id)
    if dice.random() < 0.2:
        round_trip(home, case_id)
    path.unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="this kill alone")
    options = parser.parse_args()
    tally = {"early": 0, "torn": 0, "lines": 0, "compared": 0, "twice": 0, "questions": 0, "kinds": set()}
    failed = 0
    with tempfile.TemporaryDirectory() as name, serving() as port:
        home = Home(name, str(pathlib.Path(options.binary).resolve()), port)
        for number in range(options.kills) if options.only is None else [options.only]:
            try:
                one(home, random.Random(options.seed * 100003 + number), tally)
            except Trouble as trouble:
                failed += 1
                print(f"FAILED kill {number} of seed {options.seed}: {trouble}")
    print(f"{options.kills} kills, seed {options.seed}: {failed} failed; {tally['early']} before the case began, "
          f"{tally['twice']} killed again while they went on, {tally['torn']} torn lines, {tally['lines']} events of "
          f"{len(tally['kinds'])} kinds, what was asked compared {tally['compared']} times, "
          f"{tally['questions']} of them a question")
    if options.only is None and options.kills >= 25 and tally["questions"] * 5 < options.kills:
        print("FAILED the question was compared too seldom")
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
