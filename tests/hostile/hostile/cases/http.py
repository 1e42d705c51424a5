"""HTTP/1.1: heads, bodies, chunks, redirects and encodings that never end or lie."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from ..authority import context
from ..case import case
from ..peer import Peer
from .tcp import ESCAPES

URL = "http://127.0.0.1:PORT/"
READABLE = ESCAPES.replace("\r", "").replace("\x00", "")


def page(name: str, failure: str = "none", **more: Any) -> Any:
    return case(name, "http", failure, **({"target": URL} | more))


@page("never answers", "http-timeout")
def silent(peer: Peer) -> None:
    peer.hang()


@page("never answers over TLS", "tls-timeout", target="https://127.0.0.1:PORT/")
def silent_tls(peer: Peer) -> None:
    peer.hang()


@page("closes within a header", "http-closed")
def closes_within_header(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text")


@page("closes before the end of its headers", "http-closed")
def closes_within_headers(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")


@page("closes before the answer", "http-closed")
def closes(peer: Peer) -> None:
    peer.until()


@page("resets before the answer", "http-closed tcp-reset")
def resets(peer: Peer) -> None:
    peer.until()
    peer.reset()


@page("head one byte a second", "http-timeout")
def slow_head(peer: Peer) -> None:
    peer.until()
    peer.slowly("HTTP/1.1 200 OK\r\nServer: slow\r\n\r\n", 0.4)


@page("body one byte a second", "http-timeout")
def slow_body(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    peer.forever("x", 0.4)


@page("headers without end", "http-too-large http-malformed")
def endless_headers(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\n")
    peer.forever("X-Filler: " + "a" * 500 + "\r\n")


@page("one header without end", "http-too-large http-malformed")
def endless_header(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nX-Filler: ")
    peer.forever("a" * 1000)


@page("header continued without end", "http-too-large http-malformed")
def endless_folding(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nX-Filler: a\r\n")
    peer.forever(" b\r\n")


@page("status line without end", "http-too-large http-malformed")
def endless_status(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 ")
    peer.forever("OK")


@page("100 Continue without end", "http-too-large http-malformed http-timeout")
def endless_continue(peer: Peer) -> None:
    peer.until()
    peer.forever("HTTP/1.1 100 Continue\r\n\r\n")


@page("early hints without end", "http-too-large http-malformed http-timeout")
def endless_hints(peer: Peer) -> None:
    peer.until()
    peer.forever("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")


@page("a hundred thousand headers", "http-timeout http-too-large http-malformed")
def many_headers(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\n" + "".join(f"X-{n}: {n}\r\n" for n in range(100_000)) + "Content-Length: 0\r\n\r\n")


@page("body without end", "none http-too-large")
def endless_body(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    peer.forever("<b>" + "x" * 1000)


@page("chunks without end", "none http-too-large http-timeout")
def endless_chunks(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.forever("1\r\nx\r\n")


@page("one chunk size without end", "http-malformed")
def endless_chunk_size(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.forever("1")


@page("a chunk of 2^64 - 1 bytes", "http-malformed http-closed")
def large_chunk(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n")


@page("trailers without end", "http-too-large http-malformed http-timeout")
def endless_trailers(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
    peer.forever("X-Trailer: yes\r\n")


@page("content length of 2^63", "none http-malformed http-closed")
def large_length(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nabc")


@page("a negative content length", "http-malformed http-closed")
def negative_length(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc")


@page("two content lengths", "none http-malformed http-closed http-timeout")
def two_lengths(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 1000\r\n\r\nabc")


@page("redirects without end", "http-redirects", parameters={"follow": "true"})
def endless_redirects(peer: Peer) -> None:
    peer.until()
    peer.send(f"HTTP/1.1 302 Found\r\nLocation: /{peer.number}{'x' * peer.number}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@page("a redirect to files and other schemes", "http-redirects bad-target none http-malformed", parameters={"follow": "true"})
def odd_redirect(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")


@page("a redirect of 60 KB", "none http-redirects http-malformed http-too-large http-closed", parameters={"follow": "true"})
def long_redirect(peer: Peer) -> None:
    peer.until()
    where = "\x1b[2J" if peer.number % 2 else ""
    peer.send(f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{peer.port}/{where}{'y' * 60_000}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@page("headers of terminal escapes", facts={"status": 200, "headers": "~red"})
def escapes(peer: Peer) -> None:
    peer.until()
    peer.send(f"HTTP/1.1 200 {READABLE}\r\nServer: {READABLE}\r\nX-{READABLE}: 1\r\nSet-Cookie: {READABLE}={READABLE}; Path=/\r\n"
              f"Content-Type: text/html; charset={READABLE}\r\nVia: {READABLE}\r\nLocation: /{READABLE}\r\n"
              f"Content-Length: {len(ESCAPES.encode()) + 13}\r\n\r\n<html><title>{ESCAPES}")


@page("a head of zero bytes", "http-malformed http-closed protocol-mismatch")
def zeros(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 O\x00K\r\nSer\x00ver: a\x00b\r\nContent-Length: 0\r\n\r\n")


@page("three thousand cookies", "none http-too-large http-malformed", parameters={"cookies": "true"})
def cookies(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\n" + "".join(f"Set-Cookie: c{n}={'v' * 40}\r\n" for n in range(3_000)) + "Content-Length: 0\r\n\r\n")


@page("not HTTP at all", "http-malformed protocol-mismatch")
def other_protocol(peer: Peer) -> None:
    peer.send("SSH-2.0-OpenSSH_9.2\x1b[2J\r\n")
    peer.until()
    peer.send(b"\x00\x00\x01\x02" * 100)


@page("an old answer without any head", "http-malformed protocol-mismatch")
def no_head(peer: Peer) -> None:
    peer.until()
    peer.forever("<html>")


def zeros_in(form: int, layers: int = 1) -> Iterator[bytes]:
    """Zeros without end, compressed; further layers shrink what the one below gives."""
    inner = zlib.compressobj(9, zlib.DEFLATED, form)
    below = zeros_in(form, layers - 1) if layers > 1 else None
    while True:
        piece = inner.compress(next(below) if below else bytes(1 << 20))
        if piece:
            yield piece


def bomb(encoding: str, form: int, layers: int = 1) -> Any:
    def talk(peer: Peer) -> None:
        peer.until()
        peer.send(f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Type: text/html\r\n\r\n")
        for piece in zeros_in(form, layers):
            peer.send(piece)

    return talk


def brotli_zeros(peer: Peer) -> None:
    """Meta-blocks of 16 MiB (RFC 7932 9.2): each one command that inserts as many literals of a code with one symbol."""
    out, held, bits = bytearray(), 0, 0

    def put(value: int, size: int) -> None:
        nonlocal held, bits
        held |= value << bits
        bits += size
        while bits >= 8:
            out.append(held & 0xFF)
            held >>= 8
            bits -= 8

    put(0b1111, 4)  # a window of 2^24
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Type: text/html\r\n\r\n")
    while True:
        for _ in range(100):
            put(0, 1)  # not the last
            put(2, 2)  # six nibbles of length
            put((1 << 24) - 1, 24)
            put(0, 1)  # compressed
            put(0, 3)  # one type of block for literals, commands, distances
            put(0, 6)  # no postfix, no direct distances
            put(0, 2)  # context mode
            put(0, 2)  # one tree for literals, one for distances
            for symbol, size in ((0, 8), (504, 10), (0, 6)):
                put(0b0001, 4)  # a simple code of one symbol
                put(symbol, size)
            put((1 << 24) - 22594, 24)  # how much is inserted, beyond the least of its code
        peer.send(bytes(out))
        out.clear()


_COMPRESSED = {"compressed": "true"}
page("zeros in gzip without end", "none http-too-large http-timeout", parameters=_COMPRESSED)(bomb("gzip", 31))
page("zeros in deflate without end", "none http-too-large http-timeout", parameters=_COMPRESSED)(bomb("deflate", 15))
page("zeros in gzip in gzip without end", "none http-too-large http-timeout", parameters=_COMPRESSED)(bomb("gzip, gzip", 31, 2))


@page("a hundred encodings", "http-malformed http-too-large none", parameters=_COMPRESSED)
def many_encodings(peer: Peer) -> None:
    peer.until()
    peer.send(f"HTTP/1.1 200 OK\r\nContent-Encoding: {', '.join(['gzip'] * 100)}\r\nContent-Length: 3\r\n\r\nabc")


page("zeros in brotli without end", "none http-too-large http-timeout", parameters=_COMPRESSED)(brotli_zeros)


@page("brotli that is none", "http-malformed", parameters=_COMPRESSED)
def no_brotli(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n")
    peer.forever(b"\xcf\xff\xff\x7f\xf8\x27\x00\xe2\xb1\x40\x20\xf4\x7f\x1b")


@page("answers before it is asked", "none http-malformed")
def too_early(peer: Peer) -> None:
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n")


@page("an upgrade that nobody asked for", "none http-malformed http-closed http-timeout")
def upgrade(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    peer.hang()


@page("TLS closed in the middle of the body", "http-closed tcp-reset", target="https://127.0.0.1:PORT/", context=context)
def cut_tls(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nonly this")
    peer.reset()
