"""The other side: a site, a proxy and banners that say back what they were told, and what was planted."""

from __future__ import annotations

import base64
import http.server
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from planted.kinds import PLAIN, Planted
from planted.wire import MOST_TEXT, certificates, serve_certificates, serve_names


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class World:
    """`texts` are served at /text/NUMBER; /echo says what it was asked; /slow waits; /away redirects."""

    def __init__(self, texts: list[str], headers: list[str], found: list[Planted], folder: Path) -> None:
        self.texts = texts
        self.headers = headers
        self.release = threading.Event()
        self.site = self._serve(self._site())
        self.proxy = self._serve(self._proxy())
        self.banners = [self._talk(lambda connection, line=line: connection.sendall(b"220 " + line.encode() + b"\r\n")) for line in headers]
        self.named = [line for line in headers if len(line) < MOST_TEXT]
        self.names = serve_names(self.named)
        self.certificates = serve_certificates(certificates(found), folder)

    def _serve(self, handler: type[http.server.BaseHTTPRequestHandler]) -> int:
        server = QuietServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def _talk(self, talk: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    try:
                        talk(connection)
                        connection.settimeout(2)
                        connection.recv(4096)
                    except OSError:
                        pass

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[1]

    def _site(self) -> type[http.server.BaseHTTPRequestHandler]:
        world = self

        class Site(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                asked = json.dumps({"path": self.path, "headers": dict(self.headers), "query": parse_qs(urlsplit(self.path).query)})
                body = asked
                status = 200
                more: list[tuple[str, str]] = []
                if path == "/plain":
                    body = base64.b64encode(b"the gate says " + PLAIN.encode()).decode()
                elif path.startswith("/text/"):
                    body = world.texts[int(path[6:])]
                elif path.startswith("/header/"):
                    line = world.headers[int(path[8:])]
                    more = [tuple(line.split(": ", 1))] if ": " in line.split("=")[0] + " " else [("X-Said", line)]
                elif path.startswith("/away/"):
                    status, more = 302, [("Location", f"/there?back={quote(world.headers[int(path[6:])])}")]
                elif path == "/slow":
                    world.release.wait(20)
                elif path == "/echo":
                    status = 503
                    more = [("X-Said", str(self.headers.get("Authorization", "nothing"))), (f"X-{self.headers.get('X-Probe', 'none')}", "1"),
                            ("Set-Cookie", f"back={self.headers.get('Cookie', '')}"), ("WWW-Authenticate", f'Basic realm="{self.path}"')]
                data = body.encode()
                self.send_response(status)
                for name, value in more:
                    self.send_header(name, value)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_HEAD = do_PUT = do_POST = do_GET

            def log_message(self, *arguments: object) -> None:
                pass

        return Site

    def _proxy(self) -> type[http.server.BaseHTTPRequestHandler]:
        class Proxy(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                login = str(self.headers.get("Proxy-Authorization", "none"))
                body = f"access denied for {login} at {self.path}".encode()
                self.send_response(407, f"not with {login}")
                self.send_header("Proxy-Authenticate", f'Basic realm="{login}"')
                self.send_header("X-Login", login.replace("Basic ", ""))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_CONNECT = do_HEAD = do_GET

            def log_message(self, *arguments: object) -> None:
                pass

        return Proxy
