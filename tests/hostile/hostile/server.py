"""Listens on the loopback and lets a case talk to whoever comes."""

from __future__ import annotations

import socket
import threading

from .case import Case
from .peer import Gone, Peer


class Server:
    """TCP and UDP on one port, for as long as the `with` lasts."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._over = threading.Event()
        self._connections = 0
        self.trouble: list[str] = []
        self._tcp, self._udp = self._bind()
        self.port = int(self._tcp.getsockname()[1])

    @staticmethod
    def _bind() -> tuple[socket.socket, socket.socket]:
        while True:
            tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            except OSError:
                tcp.close()
                udp.close()
                continue
            return tcp, udp

    def __enter__(self) -> Server:
        if self._case.context:
            self._case.context()  # made before anybody waits for it
        if self._case.talk:
            self._tcp.listen(512)
            self._tcp.settimeout(0.1)
            threading.Thread(target=self._accept, daemon=True).start()
        if self._case.reply:
            self._udp.settimeout(0.1)
            threading.Thread(target=self._answer, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._tcp.close()
        self._udp.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._tcp.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._connections += 1
            threading.Thread(target=self._talk, args=(connection, self._connections), daemon=True).start()

    def _talk(self, connection: socket.socket, number: int) -> None:
        peer = Peer(connection, number, self.port, self._over)
        assert self._case.talk
        try:
            if self._case.context:
                peer.secure(self._case.context())
            self._case.talk(peer)
            peer.linger()
        except Gone:
            pass
        except Exception as error:  # a mistake in the case is no pass
            self.trouble.append(f"the hostile server itself failed: {error!r}")
        finally:
            peer.socket.close()

    def _answer(self) -> None:
        assert self._case.reply
        while not self._over.is_set():
            try:
                packet, source = self._udp.recvfrom(65536)
                for answer in self._case.reply(packet):
                    self._udp.sendto(answer, source)
            except TimeoutError:
                continue
            except OSError:
                if self._over.is_set():
                    return
            except Exception as error:
                self.trouble.append(f"the hostile server itself failed: {error!r}")
