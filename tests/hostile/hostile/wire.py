"""Pieces of TLS (RFC 5246), HTTP/2 (RFC 9113) and DNS (RFC 1035) as bytes."""

from __future__ import annotations

ALERT, HANDSHAKE, DATA = 21, 22, 23
SERVER_HELLO, CERTIFICATE, COMPRESSED_CERTIFICATE, HELLO_REQUEST = 2, 11, 25, 0


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def records(kind: int, body: bytes) -> bytes:
    """As many records as it takes."""
    return b"".join(record(kind, body[at:at + 16384]) for at in range(0, len(body), 16384))


def handshake(kind: int, body: bytes, claimed: int | None = None) -> bytes:
    size = len(body) if claimed is None else claimed
    return bytes([kind]) + size.to_bytes(3, "big") + body


def server_hello(session: bytes = b"", suite: int = 0xC02B, extensions: bytes = b"", version: int = 0x0303) -> bytes:
    body = version.to_bytes(2, "big") + bytes(32) + bytes([len(session)]) + session + suite.to_bytes(2, "big") + b"\0"
    return handshake(SERVER_HELLO, body + (len(extensions).to_bytes(2, "big") + extensions if extensions else b""))


def certificates(chain: list[bytes]) -> bytes:
    """The message of TLS 1.2."""
    listed = b"".join(len(one).to_bytes(3, "big") + one for one in chain)
    return handshake(CERTIFICATE, len(listed).to_bytes(3, "big") + listed)


HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200 = b"\x88"


def frame(kind: int, flags: int = 0, stream: int = 0, body: bytes = b"", claimed: int | None = None) -> bytes:
    size = len(body) if claimed is None else claimed
    return size.to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body


def literal(name: bytes, value: bytes) -> bytes:
    """A header of HPACK that no table keeps; both shorter than 127 bytes."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


A, CNAME, TXT, AAAA = 1, 5, 16, 28


def dns_name(*labels: str | bytes) -> bytes:
    parts = [label.encode() if isinstance(label, str) else label for label in labels]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def resource(name: bytes, kind: int, data: bytes, claimed: int | None = None, ttl: int = 60) -> bytes:
    size = len(data) if claimed is None else claimed
    return name + kind.to_bytes(2, "big") + b"\0\1" + ttl.to_bytes(4, "big") + size.to_bytes(2, "big") + data


def question(packet: bytes) -> bytes:
    """Name, type and class of a query, as they stand in it."""
    at = 12
    while packet[at]:
        at += packet[at] + 1
    return packet[12:at + 5]


def answer(packet: bytes, records_: list[bytes], flags: int = 0x8180, asked: bytes | None = None, counts: tuple[int, int, int] | None = None,
           identifier: bytes | None = None) -> bytes:
    said = counts or (len(records_), 0, 0)
    head = (packet[:2] if identifier is None else identifier) + flags.to_bytes(2, "big") + b"\0\1"
    head += b"".join(count.to_bytes(2, "big") for count in said)
    return head + (question(packet) if asked is None else asked) + b"".join(records_)
