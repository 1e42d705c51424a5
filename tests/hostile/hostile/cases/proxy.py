"""Proxies that stall, lie and inject."""

from __future__ import annotations

from typing import Any

from ..authority import context
from ..case import case
from ..peer import Peer
from .tcp import ESCAPES

_FAILS = "proxy-failed proxy-denied proxy-auth http-malformed http-too-large proxy-unreachable"


def proxy(name: str, probe: str, failure: str, **more: Any) -> Any:
    target = "https://shop.contoso.com/" if probe == "http" else "shop.contoso.com:443"
    return case(f"proxy: {name}", probe, failure, target=target, arguments=("--proxy", "http://127.0.0.1:PORT"), **more)


def both(name: str, failure: str, **more: Any) -> Any:
    def add(talk: Any) -> Any:
        proxy(name, "http", failure, **more)(talk)
        proxy(f"{name} (TLS probe)", "tls", failure, **more)(talk)
        return talk

    return add


@both("never answers", "proxy-failed", given_seconds=1.2)
def silent(peer: Peer) -> None:
    peer.hang()


@both("closes at once", _FAILS + " http-closed")
def closes(peer: Peer) -> None:
    peer.until()


@both("headers without end", _FAILS)
def endless(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\n")
    peer.forever("X-Filler: aaaaaaaaaaaaaaaaaa\r\n")


@both("refuses with escapes", _FAILS)
def refuses(peer: Peer) -> None:
    peer.until()
    odd = ESCAPES.replace("\r", "").replace("\x00", "")
    peer.send(f"HTTP/1.1 403 {odd}\r\nX-Squid-Error: {odd}\r\nVia: {odd}\r\nContent-Length: 10\r\n\r\n{odd}")


@both("wants a login again and again", _FAILS)
def login(peer: Peer) -> None:
    while True:
        peer.until()
        peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"\x1b[2J\"\r\nProxy-Authenticate: Negotiate\r\n"
                  "Content-Length: 0\r\n\r\n")


@both("a refusal with a body without end", _FAILS + " http-timeout")
def endless_refusal(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 502 Bad Gateway\r\n\r\n")
    peer.forever("x" * 1000)


@both("wants a login, and gives a body of 1 TB", _FAILS + " http-timeout")
def long_refusal(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 1000000000000\r\n\r\n")
    peer.forever("x" * 1000)


@both("wants a login, and gives chunks without end", _FAILS + " http-timeout")
def chunked_refusal(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.forever("1\r\nx\r\n" * 200)


@both("injects text after its yes", "tls-not-tls tls-protocol tls-closed")
def injects(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nowned")
    peer.hang()


@proxy("answers in the server's place", "http", "none tls-certificate", context=None, exit=1)
def intercepts(peer: Peer) -> None:
    peer.until()
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
    peer.secure(context())
    peer.until()
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@both("100 Continue without end", _FAILS + " http-timeout")
def continues(peer: Peer) -> None:
    peer.until()
    peer.forever("HTTP/1.1 100 Continue\r\n\r\n")


@both("one byte a second", "proxy-failed", given_seconds=1.2)
def slow(peer: Peer) -> None:
    peer.until()
    peer.slowly("HTTP/1.1 200 Connection established\r\n\r\n", 0.3)
