"""Cases on record: what is kept of walks and runs, and everything that is made of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from planted.cases import BOOK, Case, batches
from planted.forms import forms
from planted.kinds import PLAIN, Planted
from planted.machine import Command, Machine
from planted.world import World

MARK = "a harmless word"
REPORTS = ("text", "markdown", "html", "json")
READERS = ("engineering", "customer")


def case_file(home: Path) -> Path:
    return next((home / "state").rglob("*.jsonl"))


class Records:
    def __init__(self, machine: Machine, world: World, found: list[Planted]) -> None:
        self.machine = machine
        self.found = found
        self.by_kind = {one.kind: one for one in found}
        self.base = ["gate", "--playbooks", "../given/books", "--no-reference", "-s", f"port={world.site}"]
        self.environment = {"AZTRIAGE_INPUT_KEY": self.by_kind["ado.net"].secret, "AZTRIAGE_INPUT_SAS": self.by_kind["storage SAS"].text.split("?")[1]}
        help_of_report = subprocess.run([machine.binary, "case", "report", "--help"], capture_output=True, check=False)
        self.reports = b"case report" in help_of_report.stdout

    def all(self) -> list[Case]:
        return [*self.walks(), *self.runs(), *self.terminals(), *self.proofs()]

    def _looks(self, where: str = "") -> list[Command]:
        """Everything that shows a case."""
        which = [where] if where else []
        commands = [Command(["case", "show", *which, *how]) for how in ([], ["-o", "json"], ["-o", "jsonl"])]
        commands += [Command(["run", "--replay", where or "../given/case", "--playbooks", "../given/books", *how]) for how in ([], ["-o", "json"], ["--report", "junit=replay.xml"])]
        if self.reports:
            commands += [Command(["case", "report", *which, "--for", reader, "-o", form]) for reader in READERS for form in REPORTS]
        return commands

    def _kept(self) -> list[Command]:
        """A case that was recorded in this home: shown, changed, handed over and taken back."""

        def copy(home: Path) -> None:
            (home / "given" / "case").write_bytes(case_file(home).read_bytes())

        commands = self._looks()
        commands[0].first = copy
        note = self.by_kind["service bus"].text
        more = [Command(["case", "note", "-"], stdin=note), Command(["case", "list", "-o", "json"]), Command(["case", "resume", "--playbooks", "../given/books"], stdin="n " + note + "\nq\n"),
                Command(["case", "export"]), *self._looks()[:3]]
        return [*commands, *more]

    def _case(self, name: str, commands: list[Command], expect: str, environment: dict[str, str], files: dict[str, str]) -> Case:
        return Case(name, lambda: self.machine.series(name, commands, environment=environment, files=files), expect.encode(), False)

    def walks(self) -> Iterator[Case]:
        book = {"books/demo/gate.yaml": BOOK}
        for number, text in enumerate(batches([one.text for one in self.found], 9000)):
            script = f"p told\nthe gate says {MARK}\n{text}\n.\nn the note {text.splitlines()[0]}\nt\nw\nq\n"
            walk = Command(["walk", *self.base, "--ticket", "2611240010001234"], stdin=script)
            yield self._case(f"a walk on record {number}", [walk, *self._kept()], MARK, self.environment, book)

    def runs(self) -> Iterator[Case]:
        texts = [form for one in self.found for name, form in forms(one.text) if name != "raw"]
        for number, text in enumerate(batches(texts, 60000)):
            run = Command(["run", *self.base, "--record", "-a", "told=@../given/paste", "--report", "junit=report.xml", "--report", "html=report.html", "-o", "json"])
            files = {"books/demo/gate.yaml": BOOK, "paste": f"the gate says {MARK}\n{text}"}
            yield self._case(f"a run on record {number}", [run, *self._kept()[:6 if number else None]], MARK, self.environment, files)

    def proofs(self) -> Iterator[Case]:
        """What is no secret, in the same ways."""
        book = {"books/demo/gate.yaml": BOOK}
        walk = Command(["walk", *self.base], stdin=f"p told\nthe gate says {PLAIN}\n.\nq\n")
        places = ["standard output of walk", ".jsonl", "standard output of case show", "standard output of run --replay", *(["standard output of case report"] if self.reports else [])]
        commands = [walk, *self._kept()]
        yield Case("proof: a walk on record", lambda: self.machine.series("proof", commands, environment=self.environment, files=book), b"", False, tuple(places))
        typed = Command(["walk", *self.base], typed=[("leave", "n " + PLAIN + "\r"), ("noted", "q\r")])
        yield Case("proof: a terminal", lambda: self.machine.series("proof", [typed], environment=self.environment, files=book), b"", False, ("standard output",))

    def terminals(self) -> Iterator[Case]:
        """What is typed in answer to a question for a secret is on no screen."""
        book = BOOK.replace("key: {optional: true}", "key: {}").replace("sas: {optional: true}", "sas: {}")
        for kind, terminal in (("ado.net", "xterm"), ("account key", "dumb"), ("environment", "xterm")):
            secret = self.by_kind[kind].secret
            typed = [("> ", self.by_kind["storage SAS"].text.split("?")[1] + "\r"), ("> ", secret + "\r"), ("leave", "q\r")]
            walk = Command(["walk", *self.base], typed=typed, terminal=terminal)
            yield self._case(f"a secret that is typed, {kind}, {terminal}", [walk, *self._looks()[:3]], "gate", {}, {"books/demo/gate.yaml": book})
