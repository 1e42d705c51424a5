"""Every way in for a secret: what is run, and what has to be seen so that the case shows anything."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planted.forms import forms
from planted.kinds import PLAIN, Planted
from planted.machine import Machine, Trace
from planted.world import World

BOOK = """format: 1
title: The gate answers 5xx
summary: For a test.
reviewed: 2026-11-24
symptoms: [the gate fails]
inputs:
  port: {}
  query: {default: a=b}
  sas: {optional: true}
  key: {optional: true}
causes:
  changed: {title: The gate was changed, seen: common, explain: Somebody changed it., fix: Change it back., docs: [/azure/test], workaround: [{do: Put it back., command: "az webapp update --name gate", takes: 1m, undo: Change it again.}]}
  worn: {title: The gate is worn out, seen: common, explain: It is old., fix: Buy a new one., docs: [/azure/test]}
steps:
  gate:
    probe: http
    with: {url: "http://127.0.0.1:${port}/echo?${query}"}
    symptom: true
    say: ${status} with ${headers.x-said} and ${body}
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
  sent:
    probe: http
    with: {url: "http://127.0.0.1:${port}/echo?${sas}", headers: {Authorization: "Bearer ${key}"}}
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: broken}]
  told:
    question: Paste what the gate says.
    read: text
    say: it says ${text}
    outcomes: [{name: something, when: {text: {contains: gate}}, given: {changed: usually, otherwise: rarely}}, {name: other}]
  shown:
    command: {run: [az, webapp, show, -n, gate, -g, rg, -o, json]}
    read: json
    facts: {state: text, env: text, said: text}
    say: it is ${state} and says ${said}
    outcomes: [{name: running, when: {state: Running}, given: {worn: usually, otherwise: rarely}}, {name: other}]
"""


# A walk in which the command is run.
RUN_IT = "p told\nthe gate says a word\n.\ny\nq\n"


@dataclass
class Case:
    name: str
    run: Callable[[], Trace]
    expect: bytes = b""  # somewhere in its outputs
    whole: bool = True  # standard output is one JSON document
    proof: tuple[str, ...] = ()  # the outputs that have to show what is no secret, but planted in the same way


def batches(lines: list[str], most: int) -> Iterator[str]:
    """Texts of several secrets each, none longer than `most` but a single one."""
    text = ""
    for line in lines:
        if text and len(text) + len(line) > most:
            yield text
            text = ""
        text += line + "\n\n"
    if text:
        yield text


class Cases:
    def __init__(self, machine: Machine, world: World, found: list[Planted]) -> None:
        self.machine = machine
        self.world = world
        self.found = found
        self.by_kind = {one.kind: one for one in found}
        self.site = f"http://127.0.0.1:{world.site}"
        self.texts = [form for one in found for _, form in forms(one.text)]

    def all(self) -> list[Case]:
        return [*self.inputs(), *self.parameters(), *self.proxies(), *self.answers(), *self.pasted(), *self.mistakes(), *self.saved(), *self.commands(), *self.ends(), *self.proofs()]

    def _run(self, name: str, arguments: list[str], expect: str = "", whole: bool = False, **more: object) -> Case:
        return Case(name, lambda: self.machine.run(name, arguments, **more), expect.encode(), whole)  # type: ignore[arg-type]

    def _secret(self, kind: str) -> str:
        return self.by_kind[kind].secret

    def inputs(self) -> Iterator[Case]:
        book = {"books/demo/gate.yaml": BOOK}
        base = ["run", "gate", "--playbooks", "../given/books", "--no-reference", "-s", f"port={self.world.site}"]
        sas = self.by_kind["storage SAS"].text.split("?")[1]
        key = self._secret("ado.net")
        environment = {"AZTRIAGE_INPUT_SAS": sas, "AZTRIAGE_INPUT_KEY": key}
        for how in (["-o", "json"], ["-o", "json", "--dry-run"], ["-v"], ["--dry-run"], ["--report", "junit=report.xml", "--report", "json=report.json"]):
            json_due = "json" in how
            yield self._run(f"inputs from the environment {' '.join(how)}", [*base, *how], "gate", json_due, environment=environment, files=book)
        values = json.dumps({"sas": sas, "key": key})
        yield self._run("inputs from a file", [*base, "--inputs", "../given/values.json", "-o", "json"], "gate", True, files=book | {"values.json": values})
        yield self._run("inputs from standard input", [*base, "--inputs", "-", "-v"], "gate", stdin=values, files=book)
        yield self._run("a secret behind --set", [*base, "-s", "key=" + key, "-o", "json"], "is a secret", True, files=book, scrubbed_after=20)
        yield self._run("a secret input of the wrong form", [*base, "-o", "json"], "key", True, environment={"AZTRIAGE_INPUT_KEY": key + "\n" + key}, files=book)
        yield self._run("a secret in an input that is none", [*base, "-s", "query=" + sas, "-o", "json"], "gate", True, files=book, scrubbed_after=0.5)
        yield self._run("a built-in playbook that sends a token", ["run", "identity/service-principal-and-token", "-s", "tenant=contoso.com", "-s", f"url={self.site}/echo", "--no-reference", "--deadline", "8s", "-o", "json"],
                        "identity", True, environment={"AZTRIAGE_INPUT_TOKEN": self._secret("token")})

    def parameters(self) -> Iterator[Case]:
        for kind in ("bearer", "basic", "shared key", "access token"):
            value = self.by_kind[kind].text.removeprefix("Authorization: ") if kind != "access token" else self._secret(kind)
            for how in (["-o", "json"], ["-v"]):
                yield self._run(f"a header with {kind} {how[0]}", ["probe", "http", f"{self.site}/echo", "-w", "headers.Authorization=@../given/value", "-w", f"headers.X-Probe=@../given/plain", *how], "503" if how[0] == "-o" else "",
                                how[0] == "-o", files={"value": value, "plain": "plain"})
        cookie = "session=" + self._secret("cookie")
        yield self._run("a cookie that comes back", ["probe", "http", f"{self.site}/echo", "-w", "headers.Cookie=@../given/value", "-o", "json"], "503", True, files={"value": cookie})
        yield self._run("a name that is a secret", ["probe", "http", f"{self.site}/echo", "-w", "headers.X-Probe=@../given/value", "-o", "json"], "503", True, files={"value": self._secret("logic app SAS")})
        yield self._run("parameters from the environment", ["probe", "http", f"{self.site}/echo", "-o", "json"], "503", True, environment={"AZTRIAGE_WITH": "headers.Authorization=Bearer " + self._secret("token")})
        for one in ("storage SAS", "function key", "password in a URL"):
            url = f"{self.site}/echo?" + self.by_kind[one].text.split("?")[-1] if "?" in self.by_kind[one].text else f"http://deploy:{self._secret(one)}@127.0.0.1:{self.world.site}/echo"
            yield self._run(f"a URL with {one}", ["probe", "http", url, "-o", "json"], "", True, scrubbed_after=1.0)
            yield self._run(f"a URL with {one}, watched", ["probe", "http", url, "--repeat", "3", "-v"], "", scrubbed_after=1.0)
        for number, one in enumerate(self.found):
            if number % 3 == 0:
                yield self._run(f"decode {one.kind}", ["probe", "decode", "-", "-o", "json"], "", True, stdin=one.text)
                yield self._run(f"explain {one.kind}", ["explain", one.text.split("\n")[0]], "", scrubbed_after=30)

    def proxies(self) -> Iterator[Case]:
        login = "user%40contoso:" + self._secret("curl login")
        proxy = f"http://{login}@127.0.0.1:{self.world.proxy}"
        target = ["probe", "http", "https://shop.contoso.com/x"]
        for how in (["-o", "json"], ["-v"]):
            for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "AZTRIAGE_PROXY"):
                yield self._run(f"{name} {how[0]}", [*target, *how], "407", how[0] == "-o", environment={name: proxy})
            yield self._run(f"--proxy {how[0]}", [*target, "--proxy", proxy, *how], "407", how[0] == "-o", scrubbed_after=1.0)
        yield self._run("http_proxy", ["probe", "http", "http://shop.contoso.com/x", "-o", "json"], "407", True, environment={"http_proxy": proxy})
        yield self._run("a proxy without a scheme", [*target, "--proxy", proxy.removeprefix("http://"), "-o", "json"], "407", True, scrubbed_after=1.0)
        yield self._run("a proxy of an unknown kind", [*target, "--proxy", proxy.replace("http", "gopher"), "-o", "json"], "proxy", True, scrubbed_after=30)
        yield self._run("a proxy that is no address", [*target, "--proxy", proxy + " x", "-o", "json"], "proxy", True, scrubbed_after=30)
        yield self._run("a playbook through a proxy", ["run", "app-service/site-5xx", "shop.azurewebsites.net", "--no-reference", "--deadline", "10s", "-o", "json"], "site-5xx", True, environment={"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": ""})
        yield self._run("a login by itself", [*target, "--proxy", f"http://127.0.0.1:{self.world.proxy}", "-o", "json", "--with", "headers.Proxy-Authorization=@../given/value"], "", True, files={"value": self.by_kind["proxy login"].text.split(": ")[1]})

    def answers(self) -> Iterator[Case]:
        """What servers say, in bodies, headers, redirects and banners."""
        for number in range(len(self.world.texts)):
            yield self._run(f"body {number}", ["probe", "http", f"{self.site}/text/{number}", "-o", "json"], '"status": 200', True)
        for number in range(len(self.world.headers)):
            yield self._run(f"header {number}", ["probe", "http", f"{self.site}/header/{number}", "-o", "json"], '"status": 200', True)
            yield self._run(f"redirect {number}", ["probe", "http", f"{self.site}/away/{number}", "-w", "follow=true", "-v"])
        kinds = ("ftps", "ssh", "smb", "rdp", "mysql", "redis", "amqp", "postgres")
        for number, port in enumerate(self.world.banners):
            kind = kinds[number % len(kinds)]
            yield self._run(f"banner {number} to {kind}", ["probe", kind, f"127.0.0.1:{port}", "--timeout", "3s", "-o", "json"], kind, True)
        for number in range(len(self.world.named)):
            how = ["-o", "json"] if number % 2 else ["-v"]
            yield self._run(f"text record {number}", ["probe", "dns", f"t{number}.contoso.com", "-w", "type=TXT", "--dns-server", f"127.0.0.1:{self.world.names}", *how], "contoso.com", number % 2 == 1)
        for number, port in enumerate(self.world.certificates):
            how = ["-o", "json"] if number % 2 else ["-v"]
            yield self._run(f"certificate {number}", ["probe", "tls", f"127.0.0.1:{port}", "-w", "sni=shop.contoso.com", "--timeout", "5s", *how], "shop.contoso.com", number % 2 == 1)

    def pasted(self) -> Iterator[Case]:
        book = {"books/demo/gate.yaml": BOOK}
        base = ["gate", "--playbooks", "../given/books", "--no-reference", "-s", f"port={self.world.site}"]
        for number, text in enumerate(batches(self.texts, 30000)):
            yield self._run(f"pasted {number}", ["run", *base, "-a", "told=@../given/paste", "-o", "json"], "told", True, files=book | {"paste": "the gate says\n" + text})
        for number, text in enumerate(batches([one.text for one in self.found], 4000)):
            script = "p told\nthe gate says\n" + text + "\n.\nn the note " + text.split("\n")[0] + "\nq\n"
            yield self._run(f"pasted in a walk {number}", ["walk", *base], "gate", stdin=script, files=book, environment={"AZTRIAGE_INPUT_KEY": self._secret("ado.net")})
            yield self._run(f"typed in a walk {number}", ["walk", *base], "gate", stdin=text, files=book)
        yield self._run("read from standard input", ["run", *base, "-a", "told=@-", "-v"], "told", stdin="the gate says " + self.texts[0], files=book)

    def mistakes(self) -> Iterator[Case]:
        key = self._secret("account key")
        pair = "AccountKey=" + key
        broken = BOOK.replace("title: The gate answers 5xx", f'title: "{pair}').replace("gate fails]", f"gate fails, {pair}")
        for name, text in (("an open quote", broken), ("a secret in a workaround", BOOK.replace("--name gate", "--key ${key}").replace("Buy a new one.", pair)), ("an unknown key", BOOK.replace("summary:", f"{pair}:")), ("a wrong value", BOOK.replace("2026-11-24", pair)), ("a password", BOOK.replace("seen: common", f"seen: password={key}"))):
            for command in (["run", "../given/gate.yaml"], ["playbook", "lint", "../given/gate.yaml"]):
                yield self._run(f"a playbook with {name}, {command[0]}", command, "gate.yaml", files={"gate.yaml": text})
        for name, text in (("an open quote", f'key: "{pair}'), ("no map", pair), ("broken JSON", '{"key": "' + pair), ("an unknown name", f"{pair}: x"), ("a nested value", f"url: [[{pair}]]"), ("two colons", f"key: {pair}: x")):
            yield self._run(f"--inputs with {name}", ["run", "storage/blob-403-401", "--inputs", "../given/values", "-o", "json"], "inputs", True, files={"values": text})
        for name, arguments in (("a word too many", ["probe", "decode", "x", pair, "y", "-o", "yaml"]), ("an unknown option", ["run", f"--password={self._secret('ado.net')}"]), ("an unknown command", [pair]),
                                ("a wrong choice", ["probe", "http", "-o", pair]), ("a wrong time", ["probe", "http", "--timeout", pair]), ("no pair", ["run", "storage/blob-403-401", "-s", self.by_kind["storage SAS"].text.replace("=", "%3D")]),
                                ("an unknown input", ["run", "storage/blob-403-401", "-s", pair]), ("an unknown playbook", ["run", self.by_kind["service bus"].text]), ("a URL that is none", ["probe", "http", "ht tp://x/?" + pair]),
                                ("a wrong port", ["probe", "tcp", self.by_kind["mysql URL"].text + ":x"]), ("a wrong answer", ["run", "storage/blob-403-401", "-a", "x=" + pair])):
            for how in ([], ["-o", "json"]):
                yield self._run(f"{name} {' '.join(how)}", [*arguments, *how], "", False, scrubbed_after=30)

    def saved(self) -> Iterator[Case]:
        """Files that another tool wrote, or an older version of ours."""
        look = {"schema": 1, "probe": "http", "target": self.by_kind["storage SAS"].text, "here": "client", "at": "2026-11-24T14:02:03Z", "took_ms": 5, "answered": True, "summary": self.by_kind["service bus"].text,
                "status": 503, "body": self.by_kind["access token"].text, "headers": {"x-said": self.by_kind["bearer"].text, "set-cookie": self.by_kind["set-cookie"].text.split(": ")[1]}}
        other = look | {"status": 200, "body": self.by_kind["app setting"].text, "summary": self.by_kind["jdbc"].text}
        files = {"a.json": json.dumps(look), "b.json": json.dumps(other)}
        for how in ([], ["-o", "json"], ["-v"]):
            yield self._run(f"compare {' '.join(how)}", ["compare", "../given/a.json", "../given/b.json", *how], "", files=files)
        yield self._run("compare with what is none", ["compare", "../given/a.json", "../given/b.json", "-o", "json"], "", files={"a.json": self.by_kind["app setting"].text, "b.json": json.dumps({"error": {"what": self.by_kind["jdbc"].text}})})

    def commands(self) -> Iterator[Case]:
        """A command that says what the environment holds, and more (see run.py)."""
        book = {"books/demo/gate.yaml": BOOK}
        base = ["walk", "gate", "--playbooks", "../given/books", "--no-reference", "-s", f"port={self.world.site}"]
        environment = {"AZURE_CLIENT_SECRET": self._secret("environment"), "AZURE_STORAGE_CONNECTION_STRING": self.by_kind["account key"].text}
        for number, text in enumerate(batches([one.text for one in self.found], 8000)):
            for code in ("0", "1"):
                yield self._run(f"a command's output {number}, code {code}", base, "shown", stdin=RUN_IT, environment=environment | {"AZ_SAYS": json.dumps(text), "AZ_CODE": code}, files=book)

    def ends(self) -> Iterator[Case]:
        environment = {"HTTPS_PROXY": f"http://u:{self._secret('curl login')}@127.0.0.1:{self.world.proxy}", "AZTRIAGE_INPUT_KEY": self._secret("ado.net")}
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT):
            yield self._run(f"ended by {number.name}", ["probe", "http", f"{self.site}/slow", "-w", "headers.Authorization=@../given/value", "--timeout", "15s"], "", environment=environment, files={"value": self._secret("token")}, kill=(0.7, number))
        yield self._run("the process list", ["probe", "http", f"{self.site}/slow", "-w", "headers.Authorization=Bearer " + self._secret("token"), "--proxy", "none", "--timeout", "3s", "-o", "json"], "", True, scrubbed_after=1.0)
        yield self._run("the process list, with a proxy", ["probe", "http", f"{self.site}/slow", "--proxy", f"u:{self._secret('curl login')}@127.0.0.1:{self.world.banners[0]}", "--timeout", "3s", "-o", "json"], "", True, scrubbed_after=1.0)

    def proofs(self) -> Iterator[Case]:
        """The same ways for what is no secret."""

        def proof(name: str, arguments: list[str], *where: str, **more: object) -> Case:
            return Case(f"proof: {name}", lambda: self.machine.run(name, arguments, **more), b"", False, where)  # type: ignore[arg-type]

        book = {"books/demo/gate.yaml": BOOK}
        base = ["run", "gate", "--playbooks", "../given/books", "--no-reference", "-s", f"port={self.world.site}"]
        yield proof("an input", [*base, "-s", "query=" + PLAIN, "-o", "json", "--report", "junit=report.xml", "--report", "html=report.html"], "standard output", "report.html", files=book)
        yield proof("a pasted text", [*base, "-a", "told=@../given/paste", "-o", "json"], "standard output", files=book | {"paste": "the gate says " + PLAIN})
        yield proof("a body in base64", ["probe", "http", f"{self.site}/plain", "-o", "json"], "standard output")
        yield proof("a proxy", ["probe", "http", "http://shop.contoso.com/" + PLAIN, "--proxy", f"http://127.0.0.1:{self.world.proxy}", "-v"], "standard output")
        yield proof("a mistake", ["run", "storage/blob-403-401", "-s", PLAIN], "standard error")
        yield proof("the process list", ["probe", "http", f"{self.site}/slow?{PLAIN}", "--proxy", "none", "--timeout", "2s"], "process list")
        yield proof("a command's output", ["walk", *base[1:]], "standard output", stdin=RUN_IT, files=book, environment={"AZ_SAYS": json.dumps(PLAIN), "AZ_CODE": "0"})
