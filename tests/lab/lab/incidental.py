"""What may differ between two runs of one world and must not matter: names, addresses, delays, decoration."""

from __future__ import annotations

import hashlib
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_WORDS = ("shop", "orders", "portal", "tickets", "catalog", "members", "media", "booking")
_DOMAINS = ("contoso.com", "fabrikam.com", "adventure-works.com", "tailspintoys.com", "wingtiptoys.com", "northwindtraders.com")
_REGIONS = (("westeurope", "am2"), ("northeurope", "db3"), ("eastus", "blu"), ("uksouth", "ln1"), ("southeastasia", "sg1"))
_POPS = ("AMS", "FRA", "LON", "DUB", "CHI", "SIN")
_NETWORKS = {
    "front-door": ("13.107.213", "13.107.246"),
    "app-service": ("20.50.2", "20.105.224", "40.74.100", "51.140.210"),
    "application-gateway": ("20.71.10", "51.124.8", "20.54.90"),
    "site": ("52.166.40", "40.115.20", "20.67.180", "137.117.50"),
    "reference": ("93.184.10", "151.101.20", "104.18.30", "199.60.40"),
    "portal": ("100.64.9",),
    "inspector": ("100.64.8",),
    "proxy": ("100.64.7",),
    "private": ("10.20.4", "10.60.1", "172.20.9"),
}
_ODD_HEADERS = (
    ("X-Request-Id", "{hex}"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-cache, no-store"),
    ("Vary", "Accept-Encoding"),
    ("Server-Timing", "app;dur=12.4"),
    ("X-Powered-By", "ASP.NET"),
    ("Accept-Ranges", "bytes"),
    ("X-Correlation-Id", "{hex}"),
    ("Content-Security-Policy", "default-src 'self'"),
)


@dataclass(frozen=True)
class Place:
    region: str
    stamp: str
    pop: str


class Incidental:
    """A stream of choices that depends on the world's name and the seed alone."""

    def __init__(self, world: str, seed: int) -> None:
        digest = hashlib.sha256(f"{world} {seed}".encode()).digest()
        self._random = random.Random(digest)
        self._used: set[str] = set()
        region, stamp = self._random.choice(_REGIONS)
        self.place = Place(region, stamp, self._random.choice(_POPS))

    def words(self) -> dict[str, str]:
        first, second = self._random.sample(_DOMAINS, 2)
        return {
            "word": self._random.choice(_WORDS),
            "tag": self.text(16),
            "domain": first,
            "domain2": second,
            "region": self.place.region,
        }

    def text(self, length: int, alphabet: str = string.ascii_lowercase + string.digits) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def hex(self, length: int) -> str:
        return self.text(length, "0123456789abcdef")

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def choice(self, items: Sequence[T]) -> T:
        return self._random.choice(items)

    def shuffled(self, items: list[str]) -> list[str]:
        return self._random.sample(items, len(items))

    def address(self, kind: str) -> str:
        while True:
            found = f"{self._random.choice(_NETWORKS[kind])}.{self._random.randint(2, 250)}"
            if found not in self._used:
                self._used.add(found)
                return found

    def address6(self) -> str:
        return f"2603:1020:{self._random.randint(1, 0xFFF):x}:{self._random.randint(1, 0xFFF):x}::{self._random.randint(1, 0xFFFF):x}"

    def headers(self) -> list[tuple[str, str]]:
        picked = self._random.sample(_ODD_HEADERS, self._random.randint(1, 4))
        return [(name, value.format(hex=self.hex(32))) for name, value in picked]

    def delays(self) -> tuple[int, int]:
        """Milliseconds that a server thinks before it answers, at least and at most."""
        low = self._random.choice((0, 0, 2, 5))
        return low, low + self._random.choice((0, 5, 10, 25))
