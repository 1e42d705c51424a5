"""Servers that say what was planted below HTTP: text records of a name server, and certificates."""

from __future__ import annotations

import socket
import ssl
import struct
import subprocess
import threading
from pathlib import Path

from planted.kinds import Planted

MOST_TEXT = 900  # of a text record that fits into a datagram


def answer_name(query: bytes, texts: list[str]) -> bytes:
    """The text of the number in the first label: `t7.contoso.com` holds the seventh."""
    label = query[13 : 13 + query[12]].decode("ascii", "replace")
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack(">H", query[end - 4 : end - 2])[0]
    records = b""
    if kind == 16 and label[1:].isdigit() and int(label[1:]) < len(texts):
        data = texts[int(label[1:])].encode()
        strings = b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255))
        records = b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(strings)) + strings
    return query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if records else 0, 0, 0) + query[12:end] + records


def serve_names(texts: list[str]) -> int:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def run() -> None:
        while True:
            query, peer = server.recvfrom(4096)
            try:
                server.sendto(answer_name(query, texts), peer)
            except (OSError, ValueError, IndexError, struct.error):
                pass

    threading.Thread(target=run, daemon=True).start()
    return server.getsockname()[1]


# What stands in a certificate is public, but people have put everything into names.
CERTIFICATE = """[req]
distinguished_name = names
prompt = no
x509_extensions = more
[names]
O = "{name}"
CN = shop.contoso.com
[more]
subjectAltName = DNS:shop.contoso.com, URI:{uri}
nsComment = "{name}"
"""


def certificates(found: list[Planted]) -> list[tuple[str, str]]:
    """Pairs of a name and an address, each holding a secret."""
    odd = set('"\\$#,')
    names = [one.text for one in found if len(one.text) <= 64 and "\n" not in one.text and not odd & set(one.text)]
    uris = [one.text for one in found if one.text.startswith("https://") and not odd & set(one.text)]
    return [(names[at % len(names)], uris[at % len(uris)]) for at in range(max(len(names), len(uris)))]


def serve_certificates(pairs: list[tuple[str, str]], folder: Path) -> list[int]:
    ports = []
    key = folder / "key.pem"
    subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", str(key)], check=True, capture_output=True)
    for number, (name, uri) in enumerate(pairs):
        settings, chain = folder / f"{number}.cnf", folder / f"{number}.pem"
        settings.write_text(CERTIFICATE.format(name=name, uri=uri))
        subprocess.run(["openssl", "req", "-x509", "-new", "-key", str(key), "-days", "30", "-config", str(settings), "-out", str(chain)], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        ports.append(listener.getsockname()[1])

        def run(listener: socket.socket = listener, context: ssl.SSLContext = context) -> None:
            while True:
                connection, _ = listener.accept()
                try:
                    with connection, context.wrap_socket(connection, server_side=True) as stream:
                        stream.settimeout(3)
                        stream.recv(4096)
                except OSError:
                    pass

        threading.Thread(target=run, daemon=True).start()
    return ports
