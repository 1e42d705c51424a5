"""The web servers of a world: one nginx with an address for each host, their behaviour as tables for Lua."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .pki import ISSUER_HOST, Authority, Certificates
from .world import Host, World

_MODULES = ("ndk_http_module", "ngx_http_lua_module")
_SERVERS = {
    "app-service": ("Microsoft-IIS/10.0", "Kestrel", "nginx/1.28.0", "gunicorn"),
    "site": ("nginx/1.26.2", "Apache/2.4.62 (Ubuntu)", "Microsoft-IIS/10.0", "openresty"),
    "reference": ("nginx", "Apache", "ECS (nyb/1D2A)"),
}


@dataclass(frozen=True)
class Reference:
    """A host that has nothing to do with the target."""

    name: str
    address: str
    texts: dict[str, str]


def lua(value: Any) -> str:
    """A value as a Lua literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        escaped = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "".join(f"\\{b:03d}" for b in c.encode()) for c in value)
        return f'"{escaped}"'
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(lua(item) for item in value) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{lua(k)}] = {lua(v)}" for k, v in value.items() if v is not None) + "}"
    raise TypeError(f"no Lua for {type(value).__name__}")


@dataclass(frozen=True)
class Ports:
    """Where servers really listen: on the world's own addresses, or on addresses and ports of the loopback."""

    plain: int = 80
    tls: int = 443
    local: dict[str, str] = field(default_factory=dict)  # the world's address -> where it is instead

    def at(self, address: str) -> str:
        return self.local.get(address, address)

    def port(self, port: int) -> int:
        return {80: self.plain, 443: self.tls}[port]


class Web:
    def __init__(self, world: World, folder: Path, certificates: Certificates, authority: Authority, extra: dict[str, str],
                 ports: Ports = Ports()) -> None:
        self._ports = ports
        self._world = world
        self._folder = folder
        self._certificates = certificates
        self._authority = authority
        self._extra = extra
        self._tables: dict[str, Any] = {}
        self._blocks: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, references: list[Reference]) -> Path:
        for host in self._world.hosts.values():
            if host.is_web:
                self._host(host)
        self._references(references)
        if self._world.inspection:
            self._inspector([r.name for r in references])
        if self._world.portal:
            self._block([f"{self._extra['portal']}:80"], f'require("reference").portal("login.{self._world.words["domain2"]}")')
        if "issuer" in self._extra:
            self._issuer()
        (self._folder / "hosts.lua").write_text(f"return {lua(self._tables)}\n", encoding="ascii")
        config = self._folder / "nginx.conf"
        config.write_text(self._config(), encoding="ascii")
        return config

    def _issuer(self) -> None:
        """Where the issuing certificate can be fetched, and where counters are set back."""
        shutil.copyfile(self._authority.folder / "issuer.der", self._folder / "issuing-ca-1.crt")
        self._blocks.append(f"server {{ listen {self._extra['issuer']}:80; server_name {ISSUER_HOST}; root {self._folder}; location = /issuing-ca-1.crt {{ }}\n"
                            " location = /lab/reset { content_by_lua_block { ngx.shared.state:flush_all() } } }")

    def _config(self) -> str:
        modules = "".join(f"load_module /usr/lib/nginx/modules/{name}.so;\n" for name in _MODULES)
        scripts = Path(__file__).parent / "nginx"
        return (
            f"{modules}user root; daemon off; master_process off; pid nginx.pid; error_log error.log notice;\n"
            "events { worker_connections 1024; }\n"
            "http {\n access_log off; server_tokens off; keepalive_timeout 120s; ssl_session_cache off; ssl_session_tickets off;\n"
            " client_header_buffer_size 128k; large_client_header_buffers 8 256k; client_max_body_size 8m; lingering_close off;\n"
            " client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;\n"
            f' lua_package_path "{scripts}/?.lua;;"; lua_shared_dict state 1m; lua_socket_log_errors off;\n'
            f" lua_ssl_trusted_certificate {self._authority.root}; lua_ssl_verify_depth 4; lua_ssl_protocols TLSv1.2 TLSv1.3;\n"
            " resolver 1.1.1.1 valid=1s ipv6=off; resolver_timeout 3s;\n"
            + "\n".join(self._blocks) + "\n}\n"
        )

    def _block(self, listen: list[str], content: str, extra: str = "") -> None:
        lines = "".join(f" listen {address};\n" for address in listen)
        self._blocks.append(f"server {{\n{lines}{extra} location / {{ content_by_lua_block {{ {content} }} }}\n}}")

    def _listen(self, addresses: list[str], ports: list[int], options: str) -> list[str]:
        shown = [f"[{a}]" if ":" in a else self._ports.at(a) for a in addresses]
        return [f"{a}:{self._ports.port(port)}{options if port == 443 else ''}" for a in shown for port in ports]

    def _host(self, host: Host) -> None:
        world, chance = self._world, self._world.chance
        names = [host.name, *host.also] if host.name else []
        if host.kind == "app-service":
            names = ["*.azurewebsites.net", "*.scm.azurewebsites.net", *host.also] if host.certificate == "good" else [host.name, *host.also]
        if host.kind == "front-door" and host.name.endswith(".azurefd.net"):
            names = ["*." + host.name.split(".", 1)[1], *host.also]
        wrong = f"old-{world.words['word']}.{world.words['domain2']}"
        pair = self._certificates.leaf(host.id, names, host.certificate, chance.number(40, 320), wrong)
        addresses = host.all_addresses + ([host.address6] if host.ipv6 in ("live", "only") else [])
        protocols = chance.choice(("TLSv1.2", "TLSv1.2 TLSv1.3", "TLSv1.2 TLSv1.3"))
        if host.tls == "old":
            protocols = "TLSv1; ssl_ciphers ALL:@SECLEVEL=0"
        options = f" ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key}; ssl_protocols {protocols}; keepalive_timeout {host.keepalive}s {host.keepalive}s;\n"
        if any(answer.get("do") == "reset" for answer in host.answers):
            options += " reset_timedout_connection on;\n"
        module = {"front-door": "front_door", "application-gateway": "gateway"}.get(host.kind, "site")
        http2 = " ssl http2" if host.kind == "front-door" else " ssl"
        self._block(self._listen(addresses, host.ports, http2), f'require("{module}").answer("{host.id}")', options)
        self._tables[host.id] = self._table(host)

    def _table(self, host: Host) -> dict[str, Any]:
        world, chance = self._world, self._world.chance
        server = host.server or (chance.choice(_SERVERS[host.kind]) if host.kind in _SERVERS else "")
        title = f"{world.words['word'].title()} {world.words['domain'].split('.')[0].title()}"
        filler = chance.number(40, 120)
        table: dict[str, Any] = {
            "id": host.id, "kind": host.kind, "name": host.name, "server": server, "clock": world.clock, "delays": chance.delays(),
            "headers": chance.headers(), "title": title, "filler": filler, "gzip": True, "gzip_ranges": chance.choice((True, False, False)), "affinity": [], "bound": {},
            "answers": [self._answer(answer) for answer in host.answers], "fails": host.fails or None,
        }
        if "at" in host.fails:
            table["fails"] = host.fails | {"address": host.all_addresses[host.fails["at"] - 1]}
        if host.kind == "app-service":
            # What the web server says for a dead worker may or may not pass the front end's cookies on.
            table["bare_cookies"] = chance.choice((True, False))
            table["affinity"] = [chance.hex(64) for _ in range(host.instances)]
            table["bound"] = {name: True for name in (host.name, *host.also)}
            table["scm"] = host.name.replace(".", ".scm.", 1)
        if host.kind == "front-door":
            kinds = ("dns", "unreachable", "connect-timeout", "expired", "name", "tls", "timeout", "aborted", "invalid")
            codes = {kind: f"0x830c1{chance.number(0x100, 0xFFF):x}" for kind in kinds}
            table |= {"pop": chance.place.pop, "profile": "-".join((chance.hex(8), chance.hex(4), chance.hex(4), chance.hex(4), chance.hex(12))),
                      "classic": not host.name.endswith(".z01.azurefd.net"), "codes": codes,
                      "timeout_status": chance.choice((503, 504)), "failure_status": chance.choice((502, 503))}
        if host.origin:
            to = world.hosts[host.origin.to]
            table["origin"] = {
                "name": host.origin.name or to.name or to.address, "address": self._ports.local.get(to.address),
                "port": self._ports.port(443 if host.origin.scheme == "https" else 80), "tls": host.origin.scheme == "https", "host": host.origin.host,
                "timeout": host.origin.timeout, "caching": host.origin.caching, "reuse": host.origin.reuse, "name_check": host.origin.name_check,
            }
        (self._folder / f"{host.id}.gz").write_bytes(gzip.compress(page(title, filler).encode()))
        return table

    def _answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        """A rule whose hosts are given as addresses."""
        rule = dict(answer)
        when = dict(rule.get("when", {}))
        for key in ("from", "not-from"):
            if key in when:
                when[key] = self._world.hosts[when[key]].address
        rule["when"] = when
        return rule

    def _references(self, references: list[Reference]) -> None:
        for number, reference in enumerate(references):
            pair = self._authority.reference(reference.name)
            key = f"reference{number}"
            self._tables[key] = {"id": key, "clock": self._world.clock, "delays": self._world.chance.delays(), "texts": reference.texts,
                                 "server": self._world.chance.choice(_SERVERS["reference"])}
            self._block(self._listen([reference.address], [80, 443], " ssl"), f'require("reference").answer("{key}")',
                        f" ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};\n")

    def _inspector(self, others: list[str]) -> None:
        names = list(others)
        for host in self._world.hosts.values():
            names += [name for name in (host.name, *host.also) if name]
            names += [host.name.replace(".", ".scm.", 1)] if host.kind == "app-service" else []
        for name in names:
            self._certificates.leaf(f"inspected-{name}", [name], "inspected")
        path = f"{self._folder.parent}/certificates/inspected-$ssl_server_name"
        self._block(self._listen([self._extra["inspector"]], [443], " ssl"), 'require("gateway").inspect()',
                    f" ssl_certificate {path}.pem; ssl_certificate_key {path}.key;\n")


def page(title: str, filler: int) -> str:
    """The same text as pages.lua makes, for its compressed form."""
    lines = [f"<li>{title} item {number}, in stock, ships within two days</li>" for number in range(1, filler + 1)]
    return (f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><ul>\n" + "\n".join(lines) + "\n</ul></body></html>\n")
