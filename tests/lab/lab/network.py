"""Addresses, the link between client and internet, and faults on packets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from . import relay
from .names import PUBLIC
from .namespaces import Client
from .world import Fault, World

CLIENT = "10.1.4.20"
GATEWAY = "10.1.4.1"
CLIENT6 = "fd00:1:4::20"
GATEWAY6 = "fd00:1:4::1"


def batch(lines: list[str], client: Client | None = None) -> None:
    """Many `ip` commands in one process, in the client's namespace if one is given."""
    done = subprocess.run(("ip", "-batch", "-"), input="\n".join(lines) + "\n", text=True, capture_output=True, check=False,
                          preexec_fn=client.enter() if client else None)
    if done.returncode != 0:
        raise RuntimeError(f"ip: {done.stderr.strip()}")


def machine_resolver() -> str:
    """The name server of this machine, if a world can take its place."""
    try:
        text = Path("/etc/resolv.conf").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^nameserver\s+([0-9.]+)\s*$", text, re.MULTILINE)
    return found.group(1) if found and not found.group(1).startswith("127.") and found.group(1) not in PUBLIC else ""


def rules(text: str) -> None:
    done = subprocess.run(("nft", "-f", "-"), input=text, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"nft: {done.stderr.strip()}\n{text}")


class Network:
    def __init__(self, world: World, client: Client, resolver: str = "") -> None:
        self._world = world
        self._client = client
        self.system_resolver = resolver or world.chance.choice(("10.1.4.2", "168.63.129.16", "192.168.40.1"))
        self.extra: dict[str, str] = {}  # portal, inspector, proxy, issuer -> address

    def build(self, references: list[str]) -> subprocess.Popen[bytes] | None:
        world = self._world
        addresses = [self.system_resolver, *PUBLIC, *references]
        for name in ("portal", "inspector", "proxy"):
            self.extra[name] = world.chance.address(name)
        self.extra["issuer"] = world.chance.address("reference")
        addresses += self.extra.values()
        for host in world.hosts.values():
            addresses += host.all_addresses
        lines = ["link set lo up"]
        lines += [f"address add {address}/32 dev lo" for address in dict.fromkeys(addresses)]
        lines += [f"address add {h.address6}/128 dev lo nodad" for h in world.hosts.values() if h.address6]
        process = self._link(lines)
        # What connects to an origin does so from its own address, not from the origin's.
        lines = []
        for host in world.hosts.values():
            if host.origin:
                origin = world.hosts[host.origin.to]
                lines += [f"route replace local {a} dev lo src {host.address} table local" for a in origin.all_addresses]
        if lines:
            batch(lines)
        self._faults()
        return process

    def _link(self, lines: list[str]) -> subprocess.Popen[bytes] | None:
        near, far = "n0", "c0"
        process = None
        if self._world.rtt:
            process = self._delayed(near, far)
        else:
            path = f"/proc/self/fd/{self._client.descriptor}"
            subprocess.run(("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", path),
                           pass_fds=[self._client.descriptor], check=True)
        batch([*lines, f"address add {GATEWAY}/24 dev {near}", f"address add {GATEWAY6}/64 dev {near} nodad", f"link set {near} up"])
        batch(["link set lo up", f"address add {CLIENT}/24 dev {far}", f"address add {CLIENT6}/64 dev {far} nodad", f"link set {far} up",
               f"route add default via {GATEWAY}", f"route add ::/0 via {GATEWAY6}"], self._client)
        return process

    def _delayed(self, near: str, far: str) -> subprocess.Popen[bytes]:
        here = relay.open_tun(near)
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_end)
            os.set_inheritable(here, True)
            self._client.enter()()
            there = relay.open_tun(far)
            os.set_inheritable(there, True)
            os.write(write_end, b"1")
            os.execv(sys.executable, [sys.executable, str(Path(relay.__file__)), str(here), str(there), str(self._world.rtt / 2)])
        os.close(write_end)
        ready = os.read(read_end, 1)
        os.close(read_end)
        os.close(here)
        if not ready:
            raise RuntimeError("no TUN device for the delay")
        return None  # type: ignore[return-value]

    def _faults(self) -> None:
        world = self._world
        lines = [line for fault in world.faults for line in self._packets(fault)]
        lines += [f"ip6 daddr {host.address6} drop" for host in world.hosts.values() if host.ipv6 == "dead"]
        if world.resolver == "silent":
            lines += [f"ip daddr {self.system_resolver} meta l4proto {{ tcp, udp }} th dport 53 drop"]
        if world.resolver == "closed":
            lines += [f"ip daddr {self.system_resolver} udp dport 53 reject", f"ip daddr {self.system_resolver} tcp dport 53 reject with tcp reset"]
        if world.proxy:
            lines += [f"iifname n0 ip daddr != {self.extra['proxy']} tcp dport {{ 80, 443 }} drop"]
        redirects = []
        if world.portal:
            redirects += [f"iifname n0 tcp dport 80 dnat to {self.extra['portal']}:80"]
            lines += ["iifname n0 tcp dport 443 reject with tcp reset"]
        if world.inspection:
            redirects += [f"iifname n0 tcp dport 443 dnat to {self.extra['inspector']}:443"]
        text = "table inet lab {\n chain in {\n  type filter hook input priority 0;\n" + "".join(f"  {line}\n" for line in lines) + " }\n"
        text += " chain out {\n  type filter hook output priority 0;\n" + "".join(f"  {line}\n" for line in self._big(world.faults)) + " }\n}\n"
        if redirects:
            text += "table ip lab_nat {\n chain in {\n  type nat hook prerouting priority -100;\n" + "".join(f"  {r}\n" for r in redirects) + " }\n}\n"
        rules(text)

    def _packets(self, fault: Fault) -> list[str]:
        if fault.do == "big-packets":
            return []
        verdict = {"drop": "drop", "reset": "reject with tcp reset", "reject": "reject with icmp admin-prohibited",
                   "unreachable": "reject with icmp host-unreachable"}[fault.do]
        source = CLIENT if fault.source == "client" else self._world.hosts[fault.source].address if fault.source else ""
        lines = []
        for address in self._world.hosts[fault.host].all_addresses:
            port = f"{fault.over} dport {fault.port}" if fault.port else f"meta l4proto {fault.over}"
            which = ""
            if fault.share or fault.beyond:
                which = "ct state new"
            if fault.share:
                which += f" numgen random mod 1000 < {round(fault.share * 1000)}"
            if fault.beyond:
                which += f" ct count over {fault.beyond}"
            lines.append(" ".join(filter(None, (f"ip saddr {source}" if source else "", f"ip daddr {address}", port, which, verdict))))
        return lines

    def _big(self, faults: list[Fault]) -> list[str]:
        return [f"ip saddr {self._world.hosts[f.host].address} meta length > 600 drop" for f in faults if f.do == "big-packets"]
