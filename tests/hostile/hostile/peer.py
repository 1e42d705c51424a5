"""The server's end of one connection, in the words that a hostile server needs."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time


class Gone(Exception):
    """The other side has gone, or the case is over."""


class Peer:
    def __init__(self, connection: socket.socket, number: int, port: int, over: threading.Event) -> None:
        self.socket = connection
        self.number = number  # of the connection, from 1
        self.port = port
        self._over = over
        self._buffer = b""
        connection.settimeout(0.25)

    def send(self, data: bytes | str) -> None:
        rest = memoryview(data.encode() if isinstance(data, str) else data)
        while rest:
            try:
                rest = rest[self.socket.send(rest):]
            except (TimeoutError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                pass
            except OSError as error:
                raise Gone from error
            if self._over.is_set():
                raise Gone

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._buffer) < size:
            self._more()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def until(self, end: bytes = b"\r\n\r\n") -> bytes:
        """All up to `end`, such as a request or a line."""
        while end not in self._buffer:
            self._more()
        found, self._buffer = self._buffer.split(end, 1)
        return found + end

    def some(self) -> bytes:
        """Whatever comes next."""
        if not self._buffer:
            self._more()
        found, self._buffer = self._buffer, b""
        return found

    def _more(self) -> None:
        while not self._over.is_set():
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, ssl.SSLWantReadError):
                continue
            except OSError as error:
                raise Gone from error
            if not data:
                raise Gone
            self._buffer += data
            return
        raise Gone

    def forever(self, piece: bytes | str, every: float = 0) -> None:
        """The same again and again, at once or with a pause between."""
        data = piece.encode() if isinstance(piece, str) else piece
        if not every:
            data *= max(1, 16384 // len(data))
        while True:
            self.send(data)
            if every:
                self.wait(every)

    def slowly(self, data: bytes | str, every: float) -> None:
        for byte in data.encode() if isinstance(data, str) else data:
            self.send(bytes([byte]))
            self.wait(every)

    def wait(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise Gone

    def hang(self) -> None:
        """Says nothing more, and stays."""
        while True:
            self.wait(60)

    def reset(self) -> None:
        """Breaks the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def secure(self, context: ssl.SSLContext) -> None:
        """Becomes TLS."""
        self.socket.settimeout(5)
        try:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        except OSError as error:
            raise Gone from error
        self.socket.settimeout(0.25)

    def linger(self) -> None:
        """Lets the other side read all before the connection is closed."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
            end = time.monotonic() + 1
            while time.monotonic() < end and self.socket.recv(65536):
                pass
        except OSError:
            pass
