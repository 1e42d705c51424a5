"""One hostile server: how it behaves, which probe meets it, and what the probe must say."""

from __future__ import annotations

import importlib
import pkgutil
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import cases
from .peer import Peer

Talk = Callable[[Peer], None]
Reply = Callable[[bytes], Iterable[bytes]]


@dataclass(frozen=True)
class Case:
    name: str
    probe: str
    talk: Talk | None = None  # to each TCP connection
    reply: Reply | None = None  # to each UDP packet
    # "none" or kinds of failure; any of them.
    failure: tuple[str, ...] = ("none",)
    # PORT is the server's port, ROOT the file of the trusted authority.
    target: str = "127.0.0.1:PORT"
    parameters: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    stdin: str = ""
    # What the connection is wrapped in before `talk`.
    context: Callable[[], ssl.SSLContext] | None = None
    given_seconds: float = 0  # what the probe may spend; else long where it need not wait for that
    # Facts that must be there: a value, "~part" of it, or None for absent.
    facts: dict[str, Any] = field(default_factory=dict)
    exit: int | None = None  # 0 where the probe tells of no failure, else 1


    @property
    def timeout(self) -> float:
        waits = any(kind.endswith("-timeout") for kind in self.failure)
        return self.given_seconds or (1.2 if waits else 6)


CASES: list[Case] = []


def case(name: str, probe: str, failure: str = "none", **more: Any) -> Callable[[Talk], Talk]:
    """Registers the decorated function as the server of a case. `failure`: kinds with spaces between."""

    def add(talk: Talk) -> Talk:
        put(name, probe, failure, talk=talk, **more)
        return talk

    return add


def put(name: str, probe: str, failure: str = "none", **more: Any) -> None:
    if any((one.probe, one.name) == (probe, name) for one in CASES):
        raise ValueError(f"two cases are called '{name}'")
    CASES.append(Case(name, probe, failure=tuple(failure.split()), **more))


def load() -> list[Case]:
    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"{cases.__name__}.{module.name}")
    return CASES
