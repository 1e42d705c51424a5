"""TLS: handshakes that stall or lie, and certificates that nobody should have signed."""

from __future__ import annotations

import ssl
from typing import Any

from .. import der, wire
from ..authority import Authority, context
from ..case import case
from ..peer import Peer
from ..wire import ALERT, HANDSHAKE, handshake, record, records, server_hello
from .tcp import ESCAPES


def tls(name: str, failure: str = "none", **more: Any) -> Any:
    return case(name, "tls", failure, **more)


@tls("never answers the handshake", "tls-timeout")
def silent(peer: Peer) -> None:
    peer.hang()


@tls("handshake one byte a second", "tls-timeout")
def slow(peer: Peer) -> None:
    peer.some()
    peer.slowly(record(HANDSHAKE, server_hello()) * 3, 0.3)


@tls("closes after the hello", "tls-closed")
def closes(peer: Peer) -> None:
    peer.some()


@tls("zeros instead of TLS", "tls-not-tls tls-protocol")
def zeros(peer: Peer) -> None:
    peer.some()
    peer.forever(bytes(1000))


@tls("HTTP instead of TLS", "tls-not-tls")
def http(peer: Peer) -> None:
    peer.some()
    peer.send("HTTP/1.1 400 \x1b[2JBad\r\n\r\n")


@tls("escapes instead of TLS", "tls-not-tls tls-protocol")
def escapes_first(peer: Peer) -> None:
    peer.send(ESCAPES)
    peer.hang()


def _alert(level: int, code: int) -> bytes:
    return record(ALERT, bytes([level, code]))


@tls("alert of an unknown kind", "tls-alert")
def odd_alert(peer: Peer) -> None:
    peer.some()
    peer.send(_alert(2, 199))


@tls("every alert there is", "tls-alert tls-version tls-cipher tls-certificate tls-client-certificate tls-closed tls-protocol")
def all_alerts(peer: Peer) -> None:
    peer.some()
    for code in range(256):
        peer.send(_alert(2, code))


@tls("warnings without end", "tls-protocol tls-timeout tls-alert")
def warnings(peer: Peer) -> None:
    peer.some()
    peer.forever(_alert(1, 90))


@tls("alert of no bytes", "tls-protocol tls-timeout tls-alert")
def short_alert(peer: Peer) -> None:
    peer.some()
    peer.forever(record(ALERT, b""))


@tls("a record longer than any may be", "tls-protocol tls-not-tls")
def long_record(peer: Peer) -> None:
    peer.some()
    peer.send(b"\x16\x03\x03\xff\xff" + bytes(70_000))


@tls("a hello of 16 MB", "tls-protocol")
def long_hello(peer: Peer) -> None:
    peer.some()
    peer.send(records(HANDSHAKE, handshake(wire.SERVER_HELLO, bytes(60_000), claimed=0xFFFFFF)))
    peer.hang()


@tls("requests to begin again without end", "tls-protocol tls-timeout tls-closed")
def hello_requests(peer: Peer) -> None:
    peer.some()
    peer.forever(record(HANDSHAKE, handshake(wire.HELLO_REQUEST, b"")))


@tls("empty records without end", "tls-protocol tls-timeout")
def empty_records(peer: Peer) -> None:
    peer.some()
    peer.forever(record(HANDSHAKE, b""))


@tls("data before the handshake is over", "tls-protocol")
def early_data(peer: Peer) -> None:
    peer.some()
    peer.forever(record(wire.DATA, b"GET / HTTP/1.1\r\n\r\n"))


@tls("a cipher that was not offered", "tls-protocol tls-cipher", parameters={"max": "1.2"})
def odd_cipher(peer: Peer) -> None:
    peer.some()
    peer.send(record(HANDSHAKE, server_hello(suite=0x0001)))
    peer.hang()


@tls("a version from the future", "tls-version tls-protocol")
def future(peer: Peer) -> None:
    peer.some()
    peer.send(record(HANDSHAKE, server_hello(version=0x7F7F)))
    peer.hang()


@tls("extensions whose lengths lie", "tls-protocol")
def lying_extensions(peer: Peer) -> None:
    peer.some()
    peer.send(record(HANDSHAKE, server_hello(extensions=b"\x00\x10\xff\xff\x00\x03\x02h2")))
    peer.hang()


@tls("a compressed certificate that nobody asked for", "tls-protocol")
def compressed_certificate(peer: Peer) -> None:
    # RFC 8879: algorithm, 16 MB when unpacked, and what is no zlib.
    peer.some()
    packed = b"\x00\x01\xff\xff\xff" + (1000).to_bytes(3, "big") + b"\x78" * 1000
    peer.send(record(HANDSHAKE, server_hello() + handshake(wire.COMPRESSED_CERTIFICATE, packed)))
    peer.hang()


@tls("a list of certificates whose lengths lie", "tls-protocol tls-certificate")
def lying_certificates(peer: Peer) -> None:
    peer.some()
    peer.send(record(HANDSHAKE, server_hello() + handshake(wire.CERTIFICATE, b"\x00\x00\xff\x00\xff\xff" + b"\x30\x82\xff\xff" * 60)))
    peer.hang()


@tls("certificates of no bytes", "tls-protocol tls-certificate")
def empty_certificates(peer: Peer) -> None:
    peer.some()
    peer.send(records(HANDSHAKE, server_hello() + wire.certificates([b""] * 5000)))
    peer.hang()


@tls("a certificate nested a thousand times", "tls-protocol tls-certificate")
def nested_certificate(peer: Peer) -> None:
    body = b""
    for _ in range(1000):
        body = der.tlv(0x30, body)
    peer.some()
    peer.send(records(HANDSHAKE, server_hello() + wire.certificates([body])))
    peer.hang()


@tls("extensions that are no DER", "tls-timeout tls-protocol tls-certificate")
def no_der(peer: Peer) -> None:
    odd = [der.extension("551d1f", b"\x30\x84\xff\xff\xff\xff"), der.extension("2b06010505070101", b"\x30\x80\x00"), der.extension("551d0e", b"")]
    leaf = Authority.current.leaf(more=odd)
    peer.some()
    peer.send(records(HANDSHAKE, server_hello() + wire.certificates([leaf])))
    peer.hang()


@tls("a certificate message without end", "tls-protocol tls-certificate")
def endless_certificate(peer: Peer) -> None:
    peer.some()
    peer.send(record(HANDSHAKE, server_hello() + handshake(wire.CERTIFICATE, b"\xff\xff\xfc", claimed=0xFFFFFF)))
    peer.forever(record(HANDSHAKE, b"\x00\x00\x01\x30" * 3000))


def shows(name: str, failure: str, stem: str, exit: int | None = None, facts: dict[str, Any] | None = None, **leaf: Any) -> None:
    """A whole handshake with a certificate of this kind."""

    def stays(peer: Peer) -> None:
        peer.some()

    tls(name, failure, exit=exit, facts=facts or {}, context=lambda: context(stem, **leaf))(stays)


def _names(*texts: bytes) -> list[tuple[int, bytes]]:
    return [(der.DNS_NAME, text) for text in texts]


_ODD = ESCAPES.encode()

shows("a certificate for localhost and a NUL", "none", "nul", exit=1, names=_names(b"127.0.0.1\x00.contoso.com", b"localhost\x00.evil.example"),
      facts={"certificate.problems": ["name-mismatch"]})
shows("control and right-to-left characters in a subject", "none", "controls", subject=der.name((der.ORGANIZATION, _ODD), (der.COMMON_NAME, _ODD)))
shows("control characters in alternative names", "none", "san-controls", exit=1, names=_names(_ODD, b"\xff\xfe\x80", b"", b"." * 300, b"*.*.*", b"*"),
      facts={"certificate.problems": ["name-mismatch"]})
shows("a common name with a NUL", "none", "cn-nul", exit=1, names=[], subject=der.name((der.COMMON_NAME, b"127.0.0.1\x00x")))
shows("ten thousand names", "none tls-certificate tls-protocol", "names", exit=1, names=_names(*(b"h%d.contoso.com" % n for n in range(4_000))))
shows("a subject of 90 KB", "none tls-certificate tls-protocol", "subject", subject=der.name((der.COMMON_NAME, b"x" * 90_000)))
shows("a certificate of 1 MB", "tls-certificate tls-protocol", "megabyte", more=[der.extension("2a0304", bytes(1 << 20))])
shows("certificates by the hundred", "none tls-certificate tls-protocol", "hundreds",
      chain=lambda authority: [authority.leaf()] + [authority.leaf(subject=der.name((der.COMMON_NAME, b"CA %d" % n))) for n in range(12)] * 20)
shows("addresses of the issuer with escapes", "none", "issuer-url",
      more=[der.extension("2b06010505070101", der.tlv(0x30, der.tlv(0x30, bytes.fromhex("06082b06010505073002"), der.tlv(der.URI, b"http://" + _ODD))))])


@tls("data without end after the handshake", context=context)
def flood(peer: Peer) -> None:
    peer.forever(bytes(16_000))


@tls("renegotiation at once", "none tls-protocol", parameters={"max": "1.2"}, context=lambda: context("tls12", newest=ssl.TLSVersion.TLSv1_2))
def renegotiation(peer: Peer) -> None:
    peer.some()
    peer.hang()


# A protocol that begins in plain text.


def starttls(name: str, protocol: str, failure: str) -> Any:
    return tls(name, failure, parameters={"starttls": protocol})


@starttls("STARTTLS: a greeting without end", "smtp", "tls-not-tls answer-too-large")
def endless_greeting(peer: Peer) -> None:
    peer.forever("220-" + "x" * 200 + "\r\n")


@starttls("STARTTLS: a line without end", "smtp", "tls-not-tls answer-too-large")
def endless_line(peer: Peer) -> None:
    peer.send("220 ")
    peer.forever("x" * 1000)


@starttls("STARTTLS: refused with escapes", "smtp", "protocol-mismatch tls-protocol answer-refused tls-not-tls")
def refuses(peer: Peer) -> None:
    peer.send("220 ready\r\n")
    peer.until(b"\r\n")
    peer.send(f"502 {ESCAPES}\r\n".replace("\x00", ""))
    peer.hang()


@starttls("STARTTLS: plain text injected behind the answer", "smtp", "tls-protocol tls-not-tls tls-closed protocol-mismatch answer-malformed")
def injects(peer: Peer) -> None:
    peer.send("220 ready\r\n")
    peer.until(b"\r\n")
    peer.send("250-contoso.com\r\n250 STARTTLS\r\n")
    peer.until(b"\r\n")
    peer.send("220 go on\r\n250 injected\r\n250 more\r\n")
    peer.secure(context())


@starttls("STARTTLS: never answers", "postgres", "tls-timeout answer-timeout")
def silent_start(peer: Peer) -> None:
    peer.hang()


@starttls("STARTTLS: a MySQL greeting whose length lies", "mysql", "protocol-mismatch tls-protocol answer-too-large tls-timeout tls-not-tls answer-malformed answer-timeout")
def lying_mysql(peer: Peer) -> None:
    peer.send(b"\xff\xff\xff\x00\x0a8.0\x1b[2J")
    peer.forever(b"\x41" * 1000)


