"""The ways in which a secret is written, and the search for it in any of them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote_to_bytes

PIECE = 12


def percent(text: str) -> str:
    return quote(text, safe="")


def json_string(text: str) -> str:
    inner = json.dumps(text)[1:-1].replace("/", "\\/").replace("+", "\\u002b").replace("&", "\\u0026").replace("=", "\\u003d")
    return '{"text": "' + inner + '"}'


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def wrap(text: str, width: int, end: str) -> str:
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def shell(text: str) -> str:
    return "echo " + re.sub(r"([\"'$&;|<>()!* ])", r"\\\1", text)


def powershell(text: str) -> str:
    return re.sub(r'(["$])', r"`\1", text)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": lambda text: text,
    "percent": percent,
    "percent twice": lambda text: percent(percent(text)),
    "base64": base64_of,
    "base64, one off": lambda text: base64_of("x\n" + text),
    "base64, two off": lambda text: base64_of("xy\n" + text),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64 in lines": lambda text: wrap(base64_of(text), 76, "\n"),
    "JSON": json_string,
    "JSON in JSON": lambda text: json_string(json_string(text)),
    "HTML": lambda text: html.escape(text),
    "shell": shell,
    "PowerShell": powershell,
    "wrapped at 76": lambda text: wrap(text, 76, "\n"),
    "wrapped at 80": lambda text: wrap(text, 80, "\r\n"),
    "continued": lambda text: wrap(text, 60, "\\\n"),
    "quoted-printable": lambda text: wrap(text.replace("=", "=3D"), 75, "=\r\n"),
}

# Where a line of its own matters, or the text has many already, these would be another text.
ONE_LINE = {"shell", "PowerShell", "wrapped at 76", "wrapped at 80", "continued", "quoted-printable"}


def forms(text: str) -> Iterable[tuple[str, str]]:
    for name, encode in ENCODINGS.items():
        if name in ONE_LINE and ("\n" in text or "'" in text):
            continue
        yield name, encode(text)


def core(data: bytes, before: int) -> bytes:
    """The signs of base64 that depend on nothing but `data`, with `before` bytes in front of it."""
    whole = base64.b64encode(b"\0" * before + data)
    return whole[0 if before == 0 else before + 1 : (before + len(data)) * 8 // 6]


class Search:
    """Looks for any 12 signs of a secret, as it is and in each encoding."""

    def __init__(self) -> None:
        self.pieces: dict[bytes, str] = {}

    def _take(self, form: bytes, kind: str) -> None:
        for at in range(len(form) - PIECE + 1):
            self.pieces.setdefault(form[at : at + PIECE], kind)

    def add(self, kind: str, secret: str) -> None:
        for one in {secret, unquote_to_bytes(secret).decode("utf-8", "replace")}:
            data = one.encode()
            self._take(data, kind)
            for name, form in (("percent", percent(one)), ("percent twice", percent(percent(one))), ("JSON", json_string(one)[10:-2]), ("hex", data.hex()), ("hex", data.hex().upper())):
                self._take(form.encode(), f"{kind} ({name})")
            for name, plain in (("base64", data), ("UTF-16 in base64", one.encode("utf-16-le")), ("base64 twice", base64.b64encode(data))):
                for before in range(3):
                    signs = core(plain, before)
                    for form in (signs, signs.translate(bytes.maketrans(b"+/", b"-_"))):
                        self._take(form, f"{kind} ({name})")

    def find(self, data: bytes) -> list[str]:
        plain = data.replace(b"\\\\", b"\\")
        once = unquote_to_bytes(data)
        views = {
            data,
            once,
            unquote_to_bytes(once),
            re.sub(rb"(\\|`|=)?\r?\n[ >|]*", b"", data),
            re.sub(rb"[\\`](?![nrtu])", b"", plain),
            re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), plain),
            html.unescape(data.decode("utf-8", "replace")).encode(),
        }
        found = set()
        for view in views:
            # No secret has blanks, and few words of others are so long.
            for word in re.finditer(rb"\S{%d,}" % PIECE, view):
                for at in range(word.start(), word.end() - PIECE + 1):
                    kind = self.pieces.get(view[at : at + PIECE])
                    if kind is not None:
                        found.add(f"{kind}: {view[max(0, at - 30) : at + PIECE].decode('utf-8', 'replace')!r}")
        return sorted(found)
