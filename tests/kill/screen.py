"""What the tests of this folder share: a playbook, a server on the loopback, and programs on a terminal of their own."""

import contextlib
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
import termios
import threading
import time

COLUMNS = 240
PATIENCE = 60

CAUSES = {f"c{i}": f"the part {i} of the gate is broken" for i in range(6)}
QUESTIONS = {f"q{i}": f"Does sign {i} show at the gate?" for i in range(9)}
COMMAND = "gate-show"


class Trouble(Exception):
    """What a test found wrong."""


def check(condition, what):
    if not condition:
        raise Trouble(what)


def playbook():
    lines = ["format: 1", "title: The gate fails", "summary: For a test.", "reviewed: 2026-11-24",
             "symptoms: [the gate fails]", "inputs: {port: {}}", "causes:"]
    for cause, title in CAUSES.items():
        lines.append(f"  {cause}: {{title: {title}, seen: common, explain: It happens., fix: Mend it., docs: [/azure/test], "
                     f"workaround: [{{do: Go round part {cause}., takes: 1m, undo: Go through it again.}}]}}")
    lines.append("steps:")
    for name, status, symptom in (("gate", 503, "    symptom: true\n"), ("left", 200, ""), ("right", 200, "")):
        lines.append(f"  {name}:\n    probe: http\n    with: {{url: \"http://127.0.0.1:${{port}}/{name}/{status}\"}}\n{symptom}"
                     "    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]")
    lines.append(f"  {COMMAND}:\n    command: {{run: [az, network, nsg, show, -g, g, -n, gate, -o, json]}}\n    read: json\n"
                 "    facts: {state: text}\n    outcomes:\n"
                 "      - {name: shut, when: {state: shut}, given: {c1: 0.6, otherwise: 0.4}}\n      - {name: ajar}")
    for number, (name, question) in enumerate(QUESTIONS.items()):
        cause = f"c{number % len(CAUSES)}"
        lines.append(f"  {name}:\n    question: {question}\n    answers:\n"
                     f"      - {{name: shows, given: {{{cause}: 0.8, otherwise: 0.25}}}}\n      - {{name: hides}}")
    return "\n".join(lines) + "\n"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(random.random() * 0.12)
        self.send_response(int(self.path.rsplit("/", 1)[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


@contextlib.contextmanager
def serving():
    """The port of a server that answers with the status that the path ends with."""
    server = QuietServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


class Home:
    """A folder with the playbook, and the environment of a program that has its cases there."""

    def __init__(self, folder, binary, port):
        self.folder = pathlib.Path(folder)
        self.binary = binary
        self.port = str(port)
        self.books = self.folder / "books"
        (self.books / "demo").mkdir(parents=True)
        (self.books / "demo/gate.yaml").write_text(playbook(), encoding="utf-8")
        self.state = self.folder / "state"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8",
                            "NO_COLOR": "1", "XDG_STATE_HOME": str(self.state)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def walk(self, before=None):
        return Screen([self.binary, "walk", "--playbooks", str(self.books), "gate", self.port, "--no-reference",
                       "--here", "client"], self.environment, before)

    def resume(self, case_id, before=None):
        return Screen([self.binary, "case", "resume", case_id, "--no-reference"], self.environment, before)

    def path(self, case_id):
        return self.state / "aztriage/cases" / f"{case_id}.jsonl"


class Screen:
    """A program on a terminal of its own, and all that it has shown."""

    def __init__(self, command, environment, before=None):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
            if before:
                before()
            os.execve(command[0], command, environment)
        self.raw = b""
        self.over = False

    def read(self, seconds):
        """What comes within that time; False once nothing more will."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if ready:
            try:
                piece = os.read(self.terminal, 4096)
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

    def case_id(self):
        found = re.search(r"case (\w+), every line below is on disk", self.text())
        return found.group(1) if found else None

    def wait_for(self, wanted, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not wanted() and time.monotonic() < end and self.read(0.05):
            pass
        return wanted()

    def wait_for_prompt(self, number=1):
        check(self.wait_for(lambda: self.prompts() >= number), f"no prompt {number}:\n{self.text()}")

    def send(self, line):
        try:
            os.write(self.terminal, line.encode() + b"\n")
        except OSError:
            pass

    def answer(self, line):
        """Sends a reply and waits for the prompt after it."""
        before = self.prompts()
        self.send(line)
        self.wait_for_prompt(before + 1)

    def leave(self):
        self.send("q")
        self.wait_for(lambda: self.over)
        return self.end() if self.over else self.kill()

    def kill(self, how=signal.SIGKILL):
        os.kill(self.pid, how)
        while self.read(1):
            pass
        return self.end()

    def end(self):
        os.close(self.terminal)
        return os.waitpid(self.pid, 0)[1]


def events_of(path):
    """The lines of a case, and what stands behind the last whole one."""
    lines = path.read_bytes().split(b"\n")
    torn = lines.pop()
    return [json.loads(line) for line in lines if line], torn


def shown_questions(text):
    return [question for line in text.split("\n") for question in QUESTIONS.values() if line.startswith(question)]


def shown_outcomes(text):
    found = []
    for line in text.split("\n"):
        match = re.match(r"^  (gate|left|right)\s{2,}(?:SEEN|fine|failed)?\s*(.+?)(?:  \(came in while you answered\))?$", line)
        # The report that `e` shows has tables.
        if match and " | " not in line:
            found.append((match.group(1), match.group(2)))
    return found
