"""HTTP/2: floods of frames and frames that lie."""

from __future__ import annotations

from typing import Any

from ..authority import h2
from ..case import case
from ..peer import Peer
from ..wire import (ACK, CONTINUATION, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PUSH_PROMISE, RST_STREAM, SETTINGS, STATUS_200, WINDOW_UPDATE,
                    frame, literal)
from .tcp import ESCAPES

_ENDS = "http-malformed http-closed http-too-large http-timeout tcp-reset"


def http2(name: str, failure: str = _ENDS, **more: Any) -> Any:
    return case(f"HTTP/2: {name}", "http", failure, target="https://127.0.0.1:PORT/", context=h2, **more)


def begin(peer: Peer) -> None:
    """Up to where the request has been sent."""
    peer.read(24)
    peer.send(frame(SETTINGS) + frame(SETTINGS, ACK))
    while True:
        head = peer.read(9)
        peer.read(int.from_bytes(head[:3], "big"))
        if head[3] == HEADERS:
            return


@http2("SETTINGS without end")
def settings(peer: Peer) -> None:
    begin(peer)
    peer.forever(frame(SETTINGS, body=b"\x00\x03\x00\x00\x00\x64"))


@http2("PING without end")
def pings(peer: Peer) -> None:
    begin(peer)
    peer.forever(frame(PING, body=b"hostile!"))


@http2("CONTINUATION without end")
def continuation(peer: Peer) -> None:
    begin(peer)
    peer.send(frame(HEADERS, 0, 1, STATUS_200))
    peer.forever(frame(CONTINUATION, 0, 1, literal(b"x-filler", b"a" * 100)))


@http2("empty CONTINUATION without end")
def empty_continuation(peer: Peer) -> None:
    begin(peer)
    peer.send(frame(HEADERS, 0, 1, STATUS_200))
    peer.forever(frame(CONTINUATION, 0, 1))


@http2("empty DATA without end")
def empty_data(peer: Peer) -> None:
    begin(peer)
    peer.send(frame(HEADERS, END_HEADERS, 1, STATUS_200))
    peer.forever(frame(0, 0, 1))


@http2("RST_STREAM without end")
def resets(peer: Peer) -> None:
    begin(peer)
    peer.forever(frame(RST_STREAM, 0, 1, b"\x00\x00\x00\x02"))


@http2("GOAWAY at once")
def goaway(peer: Peer) -> None:
    begin(peer)
    peer.send(frame(GOAWAY, body=b"\x00\x00\x00\x00\x00\x00\x00\x0b" + ESCAPES.encode()))


@http2("GOAWAY without end")
def goaways(peer: Peer) -> None:
    begin(peer)
    peer.forever(frame(GOAWAY, body=b"\x00\x00\x00\x01\x00\x00\x00\x00" + b"x" * 100))


@http2("pushes that were forbidden")
def pushes(peer: Peer) -> None:
    begin(peer)
    for stream in range(2, 100_000, 2):
        peer.send(frame(PUSH_PROMISE, END_HEADERS, 1, stream.to_bytes(4, "big") + b"\x82\x84\x87"))


@http2("windows past their end")
def windows(peer: Peer) -> None:
    begin(peer)
    peer.forever(frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"))


@http2("a frame of 16 MB")
def large_frame(peer: Peer) -> None:
    begin(peer)
    peer.send(frame(HEADERS, END_HEADERS, 1, STATUS_200, claimed=0xFFFFFF))
    peer.forever(b"a" * 1000)


@http2("a bomb of headers from the table")
def hpack_bomb(peer: Peer) -> None:
    begin(peer)
    # One header of 4 KB kept in the table, then thousands of times its index in a byte each.
    kept = b"\x40\x01a" + b"\x7f\xa1\x1e" + b"b" * 4000
    peer.send(frame(HEADERS, 0, 1, STATUS_200 + kept))
    peer.forever(frame(CONTINUATION, 0, 1, b"\xbe" * 16_000))


@http2("headers of terminal escapes", "none http-malformed http-closed")
def escapes(peer: Peer) -> None:
    begin(peer)
    odd = ESCAPES.encode()
    peer.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200 + literal(b"server", odd) + literal(odd, odd)))


@http2("HTTP/1.1 where HTTP/2 was agreed")
def old(peer: Peer) -> None:
    peer.read(24)
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@http2("never answers")
def silent(peer: Peer) -> None:
    begin(peer)
    peer.hang()
