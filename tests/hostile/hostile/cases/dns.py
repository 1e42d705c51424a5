"""DNS: loops, lies, other people's answers, and answers as large as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..case import Reply, put
from ..peer import Peer
from ..wire import A, AAAA, CNAME, TXT, answer, dns_name, question, resource
from .tcp import ESCAPES

HERE = b"\xc0\x0c"  # the name that was asked for
ADDRESS = bytes([10, 0, 0, 1])


def dns(name: str, failure: str, **more: Any) -> Callable[[Reply], Reply]:
    parameters = {"server": "127.0.0.1:PORT", "type": "A"} | more.pop("parameters", {})

    def add(reply: Reply) -> Reply:
        put(name, "dns", failure, target="shop.contoso.com", parameters=parameters, reply=reply, **more)
        return reply

    return add


@dns("never answers", "dns-timeout")
def silent(_packet: bytes) -> Iterable[bytes]:
    return []


@dns("answers of no bytes without end", "dns-timeout dns-malformed")
def empty(_packet: bytes) -> Iterable[bytes]:
    return [b""] * 500


@dns("a name that points to itself", "dns-malformed dns-timeout")
def self_pointer(packet: bytes) -> Iterable[bytes]:
    at = 12 + len(question(packet))
    return [answer(packet, [resource((0xC000 | at).to_bytes(2, "big"), A, ADDRESS)])]


@dns("two names that point to each other", "dns-malformed dns-timeout")
def pointers(packet: bytes) -> Iterable[bytes]:
    at = 12 + len(question(packet))
    first = (0xC000 | (at + 2)).to_bytes(2, "big") + (0xC000 | at).to_bytes(2, "big")
    return [answer(packet, [resource(first, A, ADDRESS)])]


@dns("a pointer past the end", "dns-malformed dns-timeout")
def far_pointer(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(b"\xff\xff", A, ADDRESS)])]


@dns("a name longer than names can be", "dns-malformed dns-timeout")
def long_name(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, CNAME, dns_name(*["x" * 60] * 20)), resource(dns_name(*["x" * 60] * 20), A, ADDRESS)])]


@dns("an alias of itself", "dns-loop")
def self_alias(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, CNAME, HERE)])]


@dns("two aliases in a circle", "dns-loop")
def circle(packet: bytes) -> Iterable[bytes]:
    other = dns_name("other", "contoso", "com")
    return [answer(packet, [resource(HERE, CNAME, other), resource(other, CNAME, HERE)])]


@dns("a chain of a thousand aliases", "dns-loop dns-no-data dns-malformed none")
def chain(packet: bytes) -> Iterable[bytes]:
    names = [HERE] + [dns_name(f"a{n}", "contoso", "com") for n in range(1000)]
    return [answer(packet, [resource(a, CNAME, b) for a, b in zip(names, names[1:])] + [resource(names[-1], A, ADDRESS)])]


@dns("an answer to another question", "dns-timeout dns-malformed")
def other_question(packet: bytes) -> Iterable[bytes]:
    asked = dns_name("evil", "example") + b"\0\1\0\1"
    return [answer(packet, [resource(HERE, A, ADDRESS)], asked=asked)]


@dns("an answer about another name", "dns-no-data dns-malformed", facts={"addresses": []})
def other_name(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(dns_name("evil", "example"), A, ADDRESS)])]


@dns("answers with other numbers", "dns-timeout dns-malformed")
def other_numbers(packet: bytes) -> Iterable[bytes]:
    own = int.from_bytes(packet[:2], "big")
    return (answer(packet, [resource(HERE, A, ADDRESS)], identifier=((own + n) & 0xFFFF).to_bytes(2, "big")) for n in range(1, 3000))


@dns("counts that lie", "dns-malformed dns-timeout none")
def counts(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, A, ADDRESS)], counts=(65535, 65535, 65535))]


@dns("an address of 3 bytes", "dns-malformed dns-no-data dns-timeout")
def short_address(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, A, b"\x0a\x00\x01")])]


@dns("record lengths past the end", "dns-malformed dns-timeout")
def lying_length(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, A, ADDRESS, claimed=65535)])]


@dns("64 KB of addresses", "none dns-malformed")
def large(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, A, n.to_bytes(4, "big")) for n in range(4000)])]


@dns("texts of terminal escapes", "none", parameters={"type": "TXT"})
def escapes(packet: bytes) -> Iterable[bytes]:
    odd = ESCAPES.encode()
    return [answer(packet, [resource(HERE, TXT, bytes([len(odd)]) + odd), resource(HERE, TXT, b"\x05\xff\xfe\x80\xc0\xaf")])]


@dns("a text whose length lies", "none dns-malformed dns-no-data dns-timeout", parameters={"type": "TXT"})
def lying_text(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, TXT, b"\xffabc")])]


@dns("64 KB of text", "none dns-malformed", parameters={"type": "TXT"})
def large_text(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [resource(HERE, TXT, (b"\xff" + b"t" * 255) * 250)])]


@dns("aliases of terminal escapes", "none dns-malformed dns-no-data")
def escaped_alias(packet: bytes) -> Iterable[bytes]:
    odd = dns_name(ESCAPES.encode(), b"a.b", b"\\", "com")
    return [answer(packet, [resource(HERE, CNAME, odd), resource(odd, A, ADDRESS)])]


@dns("an unknown code and all flags", "dns-servfail dns-malformed dns-refused dns-timeout")
def all_flags(packet: bytes) -> Iterable[bytes]:
    return [answer(packet, [], flags=0x807F)]


def over_tcp(name: str, failure: str, talk: Callable[[Peer], None]) -> None:
    """The UDP answer says that it was cut, so the question comes again by TCP."""
    put(name, "dns", failure, target="shop.contoso.com", parameters={"server": "127.0.0.1:PORT", "type": "A"},
        reply=lambda packet: [answer(packet, [], flags=0x8380)], talk=talk)


def asked(peer: Peer) -> bytes:
    return peer.read(int.from_bytes(peer.read(2), "big"))


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body


def _large(peer: Peer) -> None:
    packet = asked(peer)
    peer.send(_framed(answer(packet, [resource(HERE, A, n.to_bytes(4, "big")) for n in range(4000)])))
    peer.hang()


def _slow(peer: Peer) -> None:
    packet = asked(peer)
    peer.slowly(_framed(answer(packet, [resource(HERE, A, ADDRESS)])), 0.3)


def _short(peer: Peer) -> None:
    asked(peer)
    peer.send(b"\xff\xff\x00")


def _endless(peer: Peer) -> None:
    packet = asked(peer)
    peer.forever(_framed(answer(packet, [resource(HERE, AAAA, bytes(16))], identifier=b"\0\0")))


def _cut_again(peer: Peer) -> None:
    peer.send(_framed(answer(asked(peer), [], flags=0x8380)))
    peer.hang()


over_tcp("64 KB by TCP", "none", _large)
over_tcp("by TCP one byte a second", "dns-timeout", _slow)
over_tcp("a TCP answer that ends early", "dns-timeout dns-malformed dns-servfail dns-refused", _short)
over_tcp("other answers by TCP without end", "dns-timeout dns-malformed", _endless)
over_tcp("cut again by TCP", "dns-malformed", _cut_again)
over_tcp("TCP that resets", "dns-timeout dns-malformed dns-refused dns-servfail", lambda peer: peer.reset())
