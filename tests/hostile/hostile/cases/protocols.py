"""Every protocol that has a probe of its own: silence, floods, other protocols, and lengths that lie."""

from __future__ import annotations

import struct
from collections.abc import Callable

from ..case import Talk, put
from ..peer import Peer
from .tcp import ESCAPES

# Probe, parameters that keep it from TLS, whether the server speaks first.
_PROTOCOLS: dict[str, tuple[dict[str, str], bool]] = {
    "amqp": ({"tls": "off"}, False),
    "ftps": ({}, True),
    "kafka": ({"tls": "off"}, False),
    "mysql": ({}, True),
    "postgres": ({}, False),
    "rdp": ({}, False),
    "redis": ({"tls": "off"}, False),
    "smb": ({}, False),
    "sql": ({}, False),
    "ssh": ({}, True),
}
# What a server that is no server of the protocol may count as.
_STRANGE = "protocol-mismatch answer-malformed answer-too-large answer-refused tls-not-tls tls-refused"

# A server that closes while something of ours is still unread resets the connection.
_GONE = "tcp-closed tcp-reset"


def _says(*pieces: bytes) -> Talk:
    """One piece at once where the server speaks first, else one after each word of the client."""

    def talk(peer: Peer, first: bool) -> None:
        for piece in pieces:
            if not first:
                peer.some()
            first = False
            peer.send(piece)

    return talk  # type: ignore[return-value]


def _floods(piece: bytes) -> Talk:
    def talk(peer: Peer, first: bool) -> None:
        if not first:
            peer.some()
        peer.forever(piece)

    return talk  # type: ignore[return-value]


def _closes(peer: Peer, first: bool) -> None:
    if not first:
        peer.some()


def _resets(peer: Peer, first: bool) -> None:
    if not first:
        peer.some()
    peer.reset()


def _silent(peer: Peer, _: bool) -> None:
    peer.wait(3)


def _slow(peer: Peer, first: bool) -> None:
    if not first:
        peer.some()
    peer.slowly("12345", 0.9)


def _bind(talk: Callable[[Peer, bool], None], first: bool) -> Talk:
    return lambda peer: talk(peer, first)


def _put(probe: str, name: str, talk: Callable[[Peer, bool], None], failure: str, **more: object) -> None:
    parameters, first = _PROTOCOLS[probe]
    put(f"{probe}: {name}", probe, failure, talk=_bind(talk, first), parameters=parameters, **more)


for _probe in _PROTOCOLS:
    _put(_probe, "never answers", _silent, "answer-timeout")
    _put(_probe, "one byte a second", _slow, "answer-timeout " + _STRANGE, given_seconds=1.2)
    _put(_probe, "closes without a word", _closes, _GONE)
    _put(_probe, "resets without a word", _resets, _GONE)
    _put(_probe, "zeros without end", _floods(b"\0" * 4096), _STRANGE)
    _put(_probe, "ones without end", _floods(b"\xff" * 4096), _STRANGE)
    _put(_probe, "letters without end", _floods(b"A" * 4096), _STRANGE)
    _put(_probe, "lines of terminal escapes without end", _floods(ESCAPES.encode() + b"\r\n"), _STRANGE)
    _put(_probe, "a web server", _says(b"HTTP/1.1 400 Bad Request\r\nServer: x\r\nContent-Length: 0\r\n\r\n"), _STRANGE)

# RESP: nesting and lengths (a reply may be as long as 2^63 by its own word).
_MUCH = "answer-malformed answer-too-large protocol-mismatch"
_put("redis", "arrays in arrays without end", _floods(b"*1\r\n"), _MUCH)
_put("redis", "a string of 2^63 bytes", _says(b"$9223372036854775808\r\nabc"), _MUCH + " answer-timeout", given_seconds=1.2)
_put("redis", "an array of 2^63 - 1 items", _says(b"*9223372036854775807\r\n:1\r\n"), _MUCH + " answer-timeout", given_seconds=1.2)
_put("redis", "a length below zero", _says(b"$-7\r\n"), _MUCH)
_put("redis", "an error of terminal escapes", _says(b"-ERR " + ESCAPES.encode().replace(b"\r", b"") + b"\r\n"), _GONE, facts={"reply.text": "~red"})
_put("redis", "an error line without end", _floods(b"-ERR " + b"x" * 4000), _MUCH)
_put("redis", "more replies than were asked for", _floods(b"+PONG\r\n"), _MUCH + " none answer-refused")

# TDS 2.2.3: a packet header tells the length of the packet, a PRELOGIN option where its bytes are.
def _tds(body: bytes, length: int | None = None, kind: int = 4, last: int = 1) -> bytes:
    return struct.pack(">BBHHBB", kind, last, len(body) + 8 if length is None else length, 0, 1, 0) + body


_put("sql", "a packet shorter than its own head", _says(_tds(b"", 4)), _STRANGE)
_put("sql", "a packet longer than what follows", _says(_tds(b"\xff", 4096)), _GONE)
_put("sql", "options that lie about where they are", _says(_tds(b"\0\xff\xf0\xff\xff\x01\0\x10\0\x01\xff")), _STRANGE)
_put("sql", "packets that never end the message", _floods(_tds(b"\0" * 400, last=0)), _STRANGE)

# SMB2 over TCP: four bytes of length, of which three count.
_put("smb", "a message of 16 MB", _says(b"\0\xff\xff\xff\xfeSMB" + b"\0" * 60), "answer-timeout " + _STRANGE, given_seconds=1.2)
_put("smb", "a message of no bytes, again and again", _floods(b"\0\0\0\0"), _STRANGE)
_put("smb", "a head that ends too early", _says(b"\0\0\0\x08\xfeSMB\x40\0\0\0"), _STRANGE)
_put("smb", "a negotiation whose offsets lie", _says(b"\0\0\0\xa0\xfeSMB\x40\0" + b"\0" * 58 + b"\x41\0\x01\0\x11\x03\xff\xff" + b"\xff" * 88), _GONE + " " + _STRANGE)

# AMQP 1.0, 2.3: a frame tells its size and where its body begins.
_AMQP = b"AMQP\x03\x01\0\0"
_put("amqp", "a frame of 4 GB", _says(_AMQP + b"\xff\xff\xff\xff\x02\x01\0\0"), _STRANGE + " answer-timeout", given_seconds=1.2)
_put("amqp", "a frame smaller than its head", _says(_AMQP + b"\0\0\0\x04\x02\x01\0\0"), _STRANGE)
_put("amqp", "a body that begins past its frame", _says(_AMQP + b"\0\0\0\x08\xff\x01\0\0"), _STRANGE)
_put("amqp", "lists in lists", _says(_AMQP + struct.pack(">I", 8 + 3000) + b"\x02\x01\0\0" + b"\0\x53\x40\xc0\xff\xff" * 500), _STRANGE)
_put("amqp", "frames of nothing without end", lambda peer, _: (peer.some(), peer.send(_AMQP), peer.forever(b"\0\0\0\x08\x02\0\0\0")),  # type: ignore[arg-type,return-value]
     _STRANGE + " answer-timeout", given_seconds=2)

# Kafka: four bytes of length before each response.
_put("kafka", "a response of 2 GB", _says(b"\x7f\xff\xff\xff\0\0\0\x01"), _STRANGE)
_put("kafka", "a response of less than nothing", _says(b"\xff\xff\xff\xfe\0\0\0\x01"), _STRANGE)
_put("kafka", "the answer to another request", _says(b"\0\0\0\x0a\x12\x34\x56\x78\0\0\0\0\0\0"), _STRANGE)
_put("kafka", "a list of 2^31 - 1 requests", _says(b"\0\0\0\x0c\0\0\0\x01\0\0\x7f\xff\xff\xff\0\0"), _STRANGE)

# SSH, RFC 4253: lines before the version, then packets with their length and padding.
_SSH = b"SSH-2.0-OpenSSH_9.2\r\n"
_put("ssh", "lines before the version without end", _floods(b"welcome\r\n"), _STRANGE)
_put("ssh", "a version of 60 KB", _says(b"SSH-2.0-" + b"x" * 60000 + b"\r\n"), _STRANGE)
_put("ssh", "a version of terminal escapes", _says(b"SSH-2.0-" + ESCAPES.encode().replace(b"\r", b"") + b"\r\n"), _GONE)
_put("ssh", "a packet of 4 GB", _says(_SSH + b"\xff\xff\xff\xff\x04\x14"), _GONE + " " + _STRANGE)
_put("ssh", "a packet with more padding than bytes", _says(_SSH + b"\0\0\0\x0c\xff\x14" + b"\0" * 10), _STRANGE)
_put("ssh", "lists of algorithms whose lengths lie", _says(_SSH + b"\0\0\0\x2c\x04\x14" + b"\0" * 16 + b"\xff\xff\xff\xff" + b"a" * 22), _STRANGE)
_put("ssh", "packets to be ignored without end", lambda peer, _: (peer.send(_SSH), peer.forever(b"\0\0\0\x0c\x06\x02" + b"\0" * 10)),  # type: ignore[arg-type,return-value]
     _STRANGE + " answer-timeout", given_seconds=2)

# MySQL: three bytes of length and a number before each packet.
_put("mysql", "a greeting that ends within its version", _says(b"\x08\0\0\0\x0a8.0.36-"), _STRANGE)
_put("mysql", "a greeting of 16 MB", _floods(b"\xff\xff\xff\0" + b"\x0a" + b"8" * 4000), _STRANGE)
_put("mysql", "an error before the greeting, of terminal escapes", _says(b"\x1e\0\0\0\xff\x15\x04" + ESCAPES.encode()[:27]), "none", facts={"error.text": "~red"})

# PostgreSQL: one letter, then four bytes of length.
_put("postgres", "an error whose length lies", _says(b"E\xff\xff\xff\xf0SFATAL\0"), _STRANGE)
_put("postgres", "another letter for TLS", _says(b"Q"), _STRANGE)
_put("postgres", "plain text behind the word for TLS", _says(b"SR\0\0\0\x08\0\0\0\0"), _STRANGE)

# RDP: TPKT (RFC 1006) and X.224 each tell a length.
_put("rdp", "a TPKT of three bytes", _says(b"\x03\0\0\x03"), _STRANGE)
_put("rdp", "a TPKT that does not end", _says(b"\x03\0\xff\xff\x02\xf0\x80"), _GONE)
_put("rdp", "an X.224 length that lies", _says(b"\x03\0\0\x0b\xfe\xd0\0\0\0\0\0"), _STRANGE)
_put("rdp", "an unknown protection chosen", _says(b"\x03\0\0\x13\x0e\xd0\0\0\0\0\0\x02\0\x08\0\xff\xff\xff\xff"), _STRANGE)

# FTP: an answer of many lines ends with its own number.
_put("ftps", "a greeting of lines without end", _floods(b"220-hello\r\n"), _STRANGE)
_put("ftps", "a greeting that is never over", _floods(b"120 wait\r\n"), _STRANGE + " answer-timeout", given_seconds=2)
_put("ftps", "a greeting of terminal escapes, then a refusal of TLS", _says(b"220 " + ESCAPES.encode().replace(b"\r", b"") + b"\r\n", b"534 no\r\n", b"534 no\r\n", b"534 no\r\n"),
     "none answer-refused tls-refused answer-timeout " + _STRANGE, given_seconds=2)
