"""Certificates of any content, even one that no authority would sign: DER by hand (X.690, RFC 5280), the signature by openssl."""

from __future__ import annotations

import base64
import datetime
import secrets
import subprocess
from pathlib import Path

COMMON_NAME, ORGANIZATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
UTF8, PRINTABLE, BMP = 0x0C, 0x13, 0x1E
DNS_NAME, URI, IP = 0x82, 0x86, 0x87


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def name(*parts: tuple[bytes, bytes]) -> bytes:
    """Attribute and text, in UTF-8 strings."""
    return tlv(0x30, *(tlv(0x31, tlv(0x30, tlv(0x06, oid), tlv(UTF8, text))) for oid, text in parts))


def extension(oid: str, value: bytes, critical: bool = False) -> bytes:
    return tlv(0x30, tlv(0x06, bytes.fromhex(oid)), b"\x01\x01\xff" if critical else b"", tlv(0x04, value))


def alternative_names(names: list[tuple[int, bytes]]) -> bytes:
    return extension("551d11", tlv(0x30, *(tlv(tag, text) for tag, text in names)))


AUTHORITY = [extension("551d13", bytes.fromhex("30030101ff"), True), extension("551d0f", bytes.fromhex("03020106"), True)]


def public_key(key: Path) -> bytes:
    done = subprocess.run(("openssl", "pkey", "-in", str(key), "-pubout", "-outform", "DER"), capture_output=True, check=True)
    return done.stdout


def certificate(key: Path, signer: Path, issuer: bytes, subject: bytes, extensions: list[bytes],
                lasts: tuple[bytes, bytes] | None = None) -> bytes:
    """A certificate for `key`, signed by the EC key `signer`."""
    now = datetime.datetime.now(datetime.timezone.utc)
    lasts = lasts or tuple((now + datetime.timedelta(days=days)).strftime("%y%m%d%H%M%SZ").encode() for days in (-1, 90))  # type: ignore[assignment]
    assert lasts
    body = tlv(
        0x30, tlv(0xA0, b"\x02\x01\x02"), tlv(0x02, b"\x01" + secrets.token_bytes(8)), _ECDSA_SHA256, issuer,
        tlv(0x30, tlv(0x17, lasts[0]), tlv(0x17, lasts[1])), subject, public_key(key), tlv(0xA3, tlv(0x30, *extensions)))
    signed = subprocess.run(("openssl", "dgst", "-sha256", "-sign", str(signer)), input=body, capture_output=True, check=True).stdout
    return tlv(0x30, body, _ECDSA_SHA256, tlv(0x03, b"\x00", signed))


def pem(certificate_der: bytes) -> str:
    text = base64.b64encode(certificate_der).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "-----BEGIN CERTIFICATE-----\n" + "\n".join(lines) + "\n-----END CERTIFICATE-----\n"
