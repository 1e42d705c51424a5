"""Name servers of a world: one BIND, authoritative for every domain that occurs and denying all others."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .world import Host, World

PUBLIC = ("1.1.1.1", "8.8.8.8", "9.9.9.9")
_LONG_SUFFIXES = ("azurewebsites.windows.net", "cloudapp.azure.com", "trafficmanager.net")


def domain_of(name: str) -> str:
    for suffix in _LONG_SUFFIXES:
        if name.endswith("." + suffix):
            return suffix
    return ".".join(name.split(".")[-2:])


class Zones:
    def __init__(self, world: World) -> None:
        self._records: dict[str, list[str]] = defaultdict(list)
        self._broken: set[str] = set()
        self._chance = world.chance
        for host in world.hosts.values():
            self._host(world, host)

    def add(self, name: str, kind: str, value: str) -> None:
        ttl = self._chance.choice((30, 60, 300, 600))
        self._records[domain_of(name)].append(f"{name}. {ttl} IN {kind} {value}")

    def address(self, name: str, address: str) -> None:
        self.add(name, "AAAA" if ":" in address else "A", address)

    def _host(self, world: World, host: Host) -> None:
        if not host.name or host.name[-1].isdigit():
            return
        for name in (host.name, *host.also):
            self._records[domain_of(name)]  # the domain exists, even if the name does not
        if host.dns == "nxdomain":
            return
        if host.dns == "servfail":
            self._broken.add(host.name)
            return
        if host.dns == "no-data":
            self.add(host.name, "TXT", '"v=lab"')
            return
        last = host.name
        for step in self._chain(world, host):
            self.add(last, "CNAME", f"{step}.")
            last = step
        for number in range(host.texts):
            self.add(last, "TXT", f'"lab-{number:03d}-{self._chance.hex(40)}"')
        for address in world.chance.shuffled(host.all_addresses) if host.ipv6 != "only" else ():
            self.address(last, address)
        if host.address6:
            self.address(last, host.address6)
        owned = [other.name for other in world.hosts.values()]
        for name in (name for name in host.also if name not in owned):
            self.add(name, "CNAME", f"{host.name}.")
        if host.kind == "app-service":
            scm = host.name.replace(".", ".scm.", 1)
            self.add(scm, "CNAME", f"{last}.")

    @staticmethod
    def _chain(world: World, host: Host) -> list[str]:
        chance, place = world.chance, world.chance.place
        if host.alias:
            return [host.alias]
        if host.plain_names:
            return []
        if host.kind == "front-door" and host.name.endswith(".azurefd.net"):
            part = f"part-{chance.number(1, 50):04d}.t-{chance.number(1, 30):04d}"
            return ["mr-z01.tm-azurefd.net", f"shed.dual-low.{part}.t-msedge.net"]
        if host.kind == "app-service":
            stamp = f"waws-prod-{place.stamp}-{chance.number(100, 499)}"
            return [f"{stamp}.sip.azurewebsites.windows.net", f"{stamp}-{chance.hex(4)}.{place.region}.cloudapp.azure.com"]
        return []

    def write(self, folder: Path, system: str, broken_system: str = "good", port: int = 53, public: tuple[str, ...] = PUBLIC) -> Path:
        """Zone files and configuration. `broken_system` is how the client's own server fails, or `good`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "broken.zone").write_text("this is no zone\n", encoding="ascii")
        (folder / "root.zone").write_text(_zone(".", [f"ns1.lab-names.example. 300 IN A {PUBLIC[0]}"]), encoding="ascii")
        zones = ['zone "." { type primary; file "root.zone"; };']
        for domain, records in sorted(self._records.items()):
            (folder / f"{domain}.zone").write_text(_zone(f"{domain}.", records), encoding="ascii")
            zones.append(f'zone "{domain}" {{ type primary; file "{domain}.zone"; }};')
        zones += [f'zone "{name}" {{ type primary; file "broken.zone"; }};' for name in sorted(self._broken)]
        views = []
        if broken_system in ("servfail", "refused"):
            inside = 'zone "." { type primary; file "broken.zone"; };' if broken_system == "servfail" else "allow-query { none; };"
            views.append(f'view "system" {{ match-destinations {{ {system}; }}; {inside} }};')
        body = "\n".join(zones)
        views.append(f'view "all" {{\n{body}\n}};')
        listen = " ".join(f"{address};" for address in (system, *public))
        config = folder / "named.conf"
        config.write_text(
            f'options {{ directory "{folder}"; pid-file none; session-keyfile none; listen-on port {port} {{ {listen} }}; listen-on-v6 {{ none; }};\n'
            "recursion yes; forwarders { }; max-cache-size 8m; allow-query { any; }; allow-recursion { any; }; dnssec-validation no;\n"
            "empty-zones-enable no; minimal-responses no; notify no; };\ncontrols { };\n" + "\n".join(views) + "\n",
            encoding="ascii",
        )
        return config


def _zone(origin: str, records: list[str]) -> str:
    head = [
        "$TTL 300",
        f"{origin} 300 IN SOA ns1.lab-names.example. hostmaster.lab-names.example. 2026112401 3600 600 86400 60",
        f"{origin} 300 IN NS ns1.lab-names.example.",
    ]
    return "\n".join(head + records) + "\n"
