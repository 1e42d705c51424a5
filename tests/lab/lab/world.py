"""The vocabulary: a world file read into plain data, every word of it checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from . import servers
from .incidental import Incidental

WEB_KINDS = ("front-door", "app-service", "application-gateway", "site")
KINDS = (*WEB_KINDS, "nobody")
CERTIFICATES = ("good", "expired", "wrong-name", "self-signed", "private-root", "incomplete")
NAME_FAULTS = ("nxdomain", "servfail", "no-data")
PACKET_FAULTS = ("drop", "reset", "reject", "unreachable", "big-packets")
PROXIES = ("", "open", "login", "denies")
RESOLVERS = ("good", "silent", "closed", "servfail", "refused")
WHEN = ("host", "path", "header", "headers-over", "range", "gzip", "every", "instance", "first", "times", "from", "not-from", "idle")
ANSWER = ("status", "reason", "page", "body", "headers", "after", "do", "size", "location")
DO = ("close", "reset", "garbage", "truncate", "two-sizes")
RUN = ("playbook", "set", "answers", "args", "environment")
RUN_PROBE = ("probe", "target", "with", "args", "environment")
FAILS = ("status", "internal", "headers", "body", "at")
EXPECT = ("verdict", "cause", "not-cause", "symptom", "reason", "exit", "steps", "below")
EXPECT_PROBE = ("answered", "failure", "operation", "facts", "exit")


class WorldError(Exception):
    """A world file that can't be built, with what is wrong in it."""


@dataclass
class Origin:
    """Where a front-door or a gateway forwards to, and how."""

    to: str = ""
    name: str = ""  # what it connects to; the origin's name unless said
    scheme: str = "https"
    host: str = "origin"  # Host header towards the origin: `origin`, `client`, or a name
    timeout: float = 16
    caching: bool = False
    reuse: bool = False
    name_check: bool = True


@dataclass
class Host:
    id: str = ""
    kind: str = "site"
    name: str = ""
    also: list[str] = field(default_factory=list)
    address: str = ""
    addresses: int = 1
    private: bool = False
    ipv6: str = "none"  # none, live, dead, only
    texts: int = 0  # TXT records of its name, too many for one datagram
    dns: str = "good"
    alias: str = ""
    certificate: str = "good"
    origin: Origin | None = None
    instances: int = 1
    answers: list[dict[str, Any]] = field(default_factory=list)
    fails: dict[str, Any] = field(default_factory=dict)  # an edge's own fault
    ports: list[int] = field(default_factory=lambda: [80, 443])
    keepalive: float = 120
    server: str = ""
    tls: str = "current"  # or `old`: nothing above TLS 1.0
    plain_names: bool = False
    all_addresses: list[str] = field(default_factory=list)
    address6: str = ""
    options: dict[str, Any] = field(default_factory=dict)  # of a module in servers/

    @property
    def is_web(self) -> bool:
        return self.kind in WEB_KINDS


@dataclass
class Fault:
    do: str
    host: str
    port: int = 0
    source: str = ""  # a host's id, `client`, or anybody
    over: str = "tcp"
    share: float = 0  # so much of the connections, by chance; 0: all
    beyond: int = 0  # those that are open beside so many others; 0: all


@dataclass
class World:
    id: str
    title: str
    seed: int
    words: dict[str, str]
    chance: Incidental
    hosts: dict[str, Host]
    faults: list[Fault]
    resolver: str = "good"
    rtt: float = 0
    clock: float = 0
    portal: bool = False
    inspection: bool = False
    proxy: str = ""  # open, login, denies
    needs: float = 60
    run: dict[str, Any] = field(default_factory=dict)
    check: list[str] = field(default_factory=list)
    expect: dict[str, Any] = field(default_factory=dict)

    @property
    def targets(self) -> list[str]:
        """What a probe is pointed at."""
        found = self.run.get("target", [])
        return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def read(path: Path, root: Path, seed: int) -> World:
    """The world of a file. Raises WorldError with the file's name and what is wrong."""
    name = str(path.relative_to(root).with_suffix(""))
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _world(name, data, seed)
    except (yaml.YAMLError, WorldError, TypeError, ValueError) as error:
        raise WorldError(f"{path}: {error}") from error


def needs(path: Path) -> float:
    """Seconds that the world may take; read without building it, so that long ones can start first."""
    found = re.search(r"^needs: *(\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return float(found.group(1)) if found else 60


def answered(path: Path) -> bool:
    """Whether answers given beforehand help to decide it; read without building it."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return False  # whoever builds it says what is wrong
    run = data.get("run") if isinstance(data, dict) else None
    return isinstance(run, dict) and bool(run.get("answers"))


def _world(name: str, data: Any, seed: int) -> World:
    if not isinstance(data, dict):
        raise WorldError("a world is a map")
    _known(data, [f.name for f in fields(World) if f.name not in ("id", "seed", "words", "chance")], "the world")
    chance = Incidental(name, seed)
    words = chance.words() | {"big": "x" * 20000}
    hosts: dict[str, Host] = {}
    for host_id, entry in data.get("hosts", {}).items():
        hosts[host_id] = _host(host_id, _filled(entry, words), chance, words["domain"])
    for host in hosts.values():
        words |= {host.id: host.name, f"{host.id}.address": host.address}
        words |= {f"{host.id}.also": host.also[0]} if host.also else {}
        words |= {f"{host.id}.scm": host.name.replace(".", ".scm.", 1)} if host.kind == "app-service" else {}
    for host in hosts.values():
        host.answers = _filled(host.answers, words)
        host.options = _filled(host.options, words)
        host.alias = _filled(host.alias, words)
        if host.origin:
            host.origin.name = _filled(host.origin.name, words)
            host.origin.host = _filled(host.origin.host, words)
            if host.origin.to not in hosts:
                raise WorldError(f"host '{host.id}' forwards to '{host.origin.to}', which is no host")
    faults = [_fault(entry, hosts) for entry in data.get("faults", [])]
    world = World(id=name, title=str(data.get("title", name)), seed=seed, words=words, chance=chance, hosts=hosts, faults=faults)
    for key in ("resolver", "rtt", "clock", "portal", "inspection", "proxy", "needs"):
        setattr(world, key, data.get(key, getattr(world, key)))
    _one_of(world.resolver, RESOLVERS, "resolver")
    _one_of(world.proxy, PROXIES, "proxy")
    world.run = _filled(data.get("run", {}), words)
    world.check = _filled(data.get("check", []), words)
    world.expect = _filled(data.get("expect", {}), words)
    if not all(isinstance(line, str) for line in world.check):
        raise WorldError("each line of check is a text; put one with ': ' in quotes")
    is_probe = "probe" in world.run
    _known(world.run, RUN_PROBE if is_probe else RUN, "run")
    _known(world.expect, EXPECT_PROBE if is_probe else EXPECT, "expect")
    if is_probe and not world.targets:
        raise WorldError("a probe needs a target")
    if is_probe and not world.expect:
        raise WorldError("nothing is expected of the probe")
    return world


def _host(host_id: str, entry: dict[str, Any], chance: Incidental, domain: str) -> Host:
    entry = {key.replace("-", "_"): value for key, value in entry.items()}
    entry["kind"] = entry.pop("is", "site")
    _one_of(entry["kind"], (*KINDS, *servers.kinds()), f"kind of host '{host_id}'")
    options: dict[str, Any] = {}
    if entry["kind"] not in KINDS:
        options = servers.own_options(entry["kind"], entry)
        entry = {"name": f"{host_id}.{domain}", "ports": list(servers.load(entry["kind"]).PORTS)} | entry
    _known(entry, [f.name for f in fields(Host) if f.name not in ("id", "all_addresses", "address6", "options")], f"host '{host_id}'")
    origin = entry.pop("origin", None)
    host = Host(id=host_id, options=options, **entry)
    _one_of(host.certificate, CERTIFICATES, f"certificate of host '{host_id}'")
    _one_of(host.dns, ("good", *NAME_FAULTS), f"dns of host '{host_id}'")
    _one_of(host.ipv6, ("none", "live", "dead", "only"), f"ipv6 of host '{host_id}'")
    _one_of(host.tls, ("current", "old"), f"tls of host '{host_id}'")
    if origin is not None:
        origin = {"to": origin} if isinstance(origin, str) else {k.replace("-", "_"): v for k, v in origin.items()}
        _known(origin, [f.name for f in fields(Origin)], f"origin of host '{host_id}'")
        host.origin = Origin(**origin)
    pool = "private" if host.private else host.kind if host.is_web else "site"
    host.all_addresses = [host.address or chance.address(pool)]
    host.all_addresses += [chance.address(pool) for _ in range(host.addresses - 1)]
    host.address = host.all_addresses[0]
    host.address6 = "" if host.ipv6 == "none" else chance.address6()
    _known(host.fails, FAILS, f"fails of host '{host_id}'")
    for answer in host.answers:
        _known(answer, ("when", *ANSWER), f"answer of host '{host_id}'")
        _known(answer.get("when", {}), WHEN, f"when of host '{host_id}'")
        if "status" not in answer and (idle := [key for key in ("page", "body", "headers", "location", "size") if key in answer]):
            raise WorldError(f"an answer of host '{host_id}' has '{idle[0]}' without a status, and would be the good page")
        if "do" in answer:
            _one_of(answer["do"], DO, f"do of host '{host_id}'")
    return host


def _fault(entry: dict[str, Any], hosts: dict[str, Host]) -> Fault:
    _known(entry, ("do", "host", "port", "from", "over", "share", "beyond"), "a fault")
    fault = Fault(do=entry["do"], host=entry["host"], port=int(entry.get("port", 0)), source=entry.get("from", ""), over=entry.get("over", "tcp"),
                  share=float(entry.get("share", 0)), beyond=int(entry.get("beyond", 0)))
    _one_of(fault.over, ("tcp", "udp"), "over of a fault")
    _one_of(fault.do, PACKET_FAULTS, "do of a fault")
    _one_of(fault.host, tuple(hosts), "host of a fault")
    _one_of(fault.source, ("", "client", *hosts), "from of a fault")
    return fault


def _filled(value: Any, words: dict[str, str]) -> Any:
    """`${name}` becomes the word; names that are none of ours are left to the shell of a check."""
    if isinstance(value, str):
        return re.sub(r"\$\{([a-z][a-z0-9_.-]*)\}", lambda m: words.get(m.group(1), m.group(0)), value)
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, words) for key, item in value.items()}
    return value


def _known(data: Any, names: Any, where: str) -> None:
    if not isinstance(data, dict):
        raise WorldError(f"{where} is a map")
    for key in data:
        if key not in names:
            raise WorldError(f"{where} has an unknown key '{key}'; known: {', '.join(names)}")


def _one_of(value: str, choices: tuple[str, ...], what: str) -> None:
    if value not in choices:
        raise WorldError(f"{what} is '{value}'; known: {', '.join(choices)}")
