"""Kills walks at random moments and compares what was on the screen with the case: `kill.py BINARY [--kills N] [--seed N]`.

Each walk runs on a terminal of its own against a server on the loopback, is answered at random, and ends by SIGKILL.
Then every outcome, question, answer and note that had been shown must stand in its file; `case resume` must ask the
same question; `run --replay` must come to the verdict on the file. Nothing leaves this machine.
"""

import argparse
import fcntl
import http.server
import json
import os
import pathlib
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

COLUMNS = 240
PATIENCE = 20

CAUSES = {f"c{i}": f"the part {i} of the gate is broken" for i in range(6)}
QUESTIONS = {f"q{i}": f"Does sign {i} show at the gate?" for i in range(9)}


def playbook():
    lines = ["format: 1", "title: The gate fails", "summary: For a test.", "reviewed: 2026-11-24",
             "symptoms: [the gate fails]", "inputs: {port: {}}", "causes:"]
    for cause, title in CAUSES.items():
        lines.append(f"  {cause}: {{title: {title}, seen: common, explain: It happens., fix: Mend it., docs: [/azure/test]}}")
    lines.append("steps:")
    for name, status, symptom in (("gate", 503, "    symptom: true\n"), ("left", 200, ""), ("right", 200, "")):
        lines.append(f"  {name}:\n    probe: http\n    with: {{url: \"http://127.0.0.1:${{port}}/{name}/{status}\"}}\n{symptom}"
                     "    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]")
    for number, (name, question) in enumerate(QUESTIONS.items()):
        cause = f"c{number % len(CAUSES)}"
        lines.append(f"  {name}:\n    question: {question}\n    answers:\n"
                     f"      - {{name: shows, given: {{{cause}: 0.6, otherwise: 0.4}}}}\n      - {{name: hides}}")
    return "\n".join(lines) + "\n"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(random.random() * 0.12)
        self.send_response(int(self.path.rsplit("/", 1)[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Screen:
    """A program on a terminal of its own, and all that it has shown."""

    def __init__(self, command, environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        self.raw = b""
        self.over = False

    def read(self, seconds):
        """What comes within that time; False once nothing more will."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if ready:
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:
                piece = b""
            self.over = not piece
            self.raw += piece
        return not self.over

    def text(self):
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", self.raw).replace(b"\r\n", b"\n")
        return plain.decode("utf-8", "replace").replace("\r", "\n")

    def prompts(self):
        return len(re.findall(r"(?:^|\n)> ", self.text()))

    def wait_for(self, wanted, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not wanted() and time.monotonic() < end and self.read(0.05):
            pass
        return wanted()

    def send(self, line):
        try:
            os.write(self.terminal, line.encode() + b"\n")
        except OSError:
            pass

    def kill(self, how=signal.SIGKILL):
        os.kill(self.pid, how)
        while self.read(1):
            pass
        return self.end()

    def end(self):
        os.close(self.terminal)
        return os.waitpid(self.pid, 0)[1]


def shown_questions(text):
    return [question for line in text.split("\n") for question in QUESTIONS.values() if line.startswith(question)]


def shown_outcomes(text):
    found = []
    for line in text.split("\n"):
        match = re.match(r"^  (gate|left|right)\s+(?:SEEN|fine|failed)?\s*(.+?)(?:  \(came in while you answered\))?$", line)
        if match:
            found.append((match.group(1), match.group(2)))
    return found


class Trouble(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Trouble(what)


def drive(screen, dice, moment):
    """Answers until the moment has come; the replies that were sent."""
    sent = []
    end = time.monotonic() + moment
    while time.monotonic() < end and screen.read(0):
        seen = screen.prompts()
        if not screen.wait_for(lambda: screen.prompts() > len(sent), max(0.0, end - time.monotonic())):
            break
        del seen
        reply = dice.choice(["1", "2", "1", "2", "d", "s", "u", "n the customer says it is number %d" % dice.randrange(10**6), "w", "c"])
        screen.send(reply)
        sent.append(reply)
        screen.read(dice.random() * 0.02)
    while time.monotonic() < end and screen.read(max(0.0, min(0.02, end - time.monotonic()))):
        pass
    return sent


def events_of(path):
    data = path.read_bytes()
    lines = data.split(b"\n")
    torn = lines.pop()
    return [json.loads(line) for line in lines if line], torn


def compare(screen, sent, events):
    text = screen.text()
    outcomes = [(e["step"], e["say"] or e["reason"] or e["outcome"]) for e in events if e["event"] == "outcome"]
    for step, say in shown_outcomes(text):
        check(any(step == known and (say.startswith(told) or told.startswith(say)) for known, told in outcomes),
              f"shown, and not on the case: {step} {say}")
    asked = [e["text"] for e in events if e["event"] == "ask"]
    questions = shown_questions(text)
    check(len(questions) <= len(asked) and questions == asked[:len(questions)], f"asked {questions}, on the case {asked}")
    # What was sent has been understood once there is another prompt after it.
    done = [reply for reply in sent[:max(0, screen.prompts() - 1)]]
    notes = [e["text"] for e in events if e["event"] == "note"]
    wanted = [reply[2:] for reply in done if reply.startswith("n ")]
    check(wanted == notes[:len(wanted)], f"noted {wanted}, on the case {notes}")
    values = {"1": "shows", "2": "hides", "d": None}
    answers = [e["outcome"] for e in events if e["event"] == "answer"]
    wanted = [values[reply] for reply in done if reply in values]
    # A number is no answer where no question stands any more; what was told as one is on the case in its order.
    check(len(answers) <= len([r for r in sent if r in values]), f"answered {wanted}, on the case {answers}")
    refused = text.count("is no answer here")
    if refused == 0:
        check(wanted == answers[:len(wanted)], f"answered {wanted}, on the case {answers}")


def same_question(binary, environment, case_id, screen, events):
    """1 when the question could be compared, 0 when looks were still under way or an answer was just given."""
    asks = [i for i, e in enumerate(events) if e["event"] == "ask"]
    looked = {e["step"] for e in events if e["event"] == "outcome"}
    resumed = Screen([binary, "case", "resume", case_id, "--no-reference"], environment)
    try:
        check(resumed.wait_for(lambda: resumed.text().endswith("\n> ") or resumed.over), "case resume asks nothing")
        text = resumed.text()
        check(f"case {case_id}" in text, f"case resume went wrong: {text}")
        steady = bool(asks) and {"gate", "left", "right"} <= looked and all(
            e["event"] in ("note", "ask", "verdict") for e in events[asks[-1]:])
        before = shown_questions(screen.text())
        if steady and before and events[asks[-1]]["text"] == before[-1]:
            after = shown_questions(text)
            check(after[-1:] == before[-1:], f"asked {before[-1]} before, and {after[-1:]} after the kill:\n{text}")
        resumed.send("q")
        resumed.wait_for(lambda: resumed.over)
    finally:
        if not resumed.over:
            resumed.kill()
        else:
            resumed.end()
    return 1 if steady else 0


def replay(binary, environment, case_id, path, books):
    events, torn = events_of(path)
    check(not torn, "the file is torn after it was resumed")
    verdicts = [e for e in events if e["event"] == "verdict"]
    done = subprocess.run([binary, "run", "--replay", case_id, "--playbooks", books, "-o", "json"],
                          env=environment, capture_output=True, timeout=60)
    result = json.loads(done.stdout)
    for ours, theirs in (("verdict", "verdict"), ("reason", "reason"), ("symptom", "symptom")):
        check(result[ours] == verdicts[-1][theirs], f"replayed {ours} {result[ours]}, on the case {verdicts[-1][theirs]}")


def one(binary, port, dice, folder, tally):
    books = folder / "books"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1",
                   "XDG_STATE_HOME": str(folder / "state")}
    screen = Screen([binary, "walk", "--playbooks", str(books), "gate", str(port), "--no-reference", "--here", "client"],
                    environment)
    sent = drive(screen, dice, dice.random() ** 2 * 2.5)
    screen.kill()
    header = re.search(r"case (\w+), every line below is on disk", screen.text())
    if not header:
        tally["early"] += 1
        check(not shown_outcomes(screen.text()), "something was shown before there was a case")
        return
    path = folder / "state/aztriage/cases" / f"{header.group(1)}.jsonl"
    check(path.is_file(), "there is no file")
    events, torn = events_of(path)
    tally["torn"] += bool(torn)
    tally["lines"] += len(events)
    compare(screen, sent, events)
    tally["compared"] += same_question(binary, environment, header.group(1), screen, events)
    replay(binary, environment, header.group(1), path, str(books))
    path.unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tally = {"early": 0, "torn": 0, "lines": 0, "compared": 0}
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "books/demo").mkdir(parents=True)
        (folder / "books/demo/gate.yaml").write_text(playbook(), encoding="utf-8")
        for number in range(options.kills):
            dice = random.Random(options.seed * 100003 + number)
            try:
                one(binary, server.server_port, dice, folder, tally)
            except Trouble as trouble:
                failed += 1
                print(f"FAILED kill {number} of seed {options.seed}: {trouble}")
    server.shutdown()
    print(f"{options.kills} kills, seed {options.seed}: {failed} failed; {tally['early']} before the case began, "
          f"{tally['torn']} torn lines, {tally['lines']} events, the question compared {tally['compared']} times")
    if options.kills >= 40 and tally["compared"] * 4 < options.kills:
        print("FAILED the question was compared too seldom")
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
