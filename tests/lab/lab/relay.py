"""Delay between the client and the internet: two TUN devices and a queue. This kernel has no netem.

Runs as a process of its own: `relay.py TUN_IN_INTERNET_FD TUN_IN_CLIENT_FD SECONDS_EACH_WAY`.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import select
import struct
import sys
import time

_TUNSETIFF = 0x400454CA
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000
_LARGEST = 2048


def open_tun(name: str) -> int:
    """A TUN device in the namespace of the caller."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return descriptor


def relay(first: int, second: int, delay: float) -> None:
    queue: list[tuple[float, int, int, bytes]] = []
    order = 0
    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else None
        ready, _, _ = select.select([first, second], [], [], wait)
        now = time.monotonic()
        for source in ready:
            order += 1
            heapq.heappush(queue, (now + delay, order, second if source == first else first, os.read(source, _LARGEST)))
        while queue and queue[0][0] <= time.monotonic():
            _, _, target, packet = heapq.heappop(queue)
            try:
                os.write(target, packet)
            except OSError:
                pass  # the other side is not up; a network would lose the packet too


if __name__ == "__main__":
    relay(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
