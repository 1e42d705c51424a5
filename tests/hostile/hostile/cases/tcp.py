"""What may happen to a connection before any protocol is spoken on it."""

from __future__ import annotations

from ..case import case
from ..peer import Peer

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b5n\u202egnp.exe\u2066\r\x08\x7f\x00"


@case("banner of terminal escapes", "tcp", parameters={"listen": "2"}, facts={"preface": "~red"})
def banner(peer: Peer) -> None:
    peer.send(b"220 " + ESCAPES.encode() + b"\xff\xfe\xc0\x80\x1b[c\r\n")


@case("banner without end", "tcp", given_seconds=2, parameters={"listen": "0.3"})
def endless_banner(peer: Peer) -> None:
    peer.forever("A" * 1000)


@case("one byte a second as banner", "tcp", given_seconds=2, parameters={"listen": "0.5"})
def slow_banner(peer: Peer) -> None:
    peer.slowly("220 ready\r\n" * 10, 0.9)


@case("reset at once", "tcp", "none tcp-reset", parameters={"listen": "0.3"})
def reset(peer: Peer) -> None:
    peer.reset()


@case("a flood while idle", "tcp", given_seconds=2, parameters={"hold": "0.5"})
def flood(peer: Peer) -> None:
    peer.forever(b"\x00" * 4096)
