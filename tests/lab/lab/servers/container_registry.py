"""A container registry (docker-registry) with one image, `shop/web:v1`, for linux/amd64 and linux/arm64."""

from __future__ import annotations

import hashlib
import json

from . import Seat

PROGRAMS = ("docker-registry",)
PORTS = (443,)
USER = ""
OPTIONS = {
    "tls": True,
    "login": False,  # only `reader` with the password `pw-12345` may pull, instead of everybody
}

INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
ROOT = "docker/registry/v2"
USERS = "reader:$2b$05$abcdefghijklmnopqrstuuQgVkHszY..MjbohqvOOQHqPUz4Z81Bu\n"  # bcrypt is all that the server takes


def _put(seat: Seat, name: str, text: str) -> None:
    path = seat.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _blob(seat: Seat, text: str) -> dict[str, object]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    _put(seat, f"{ROOT}/blobs/sha256/{digest[:2]}/{digest}/data", text)
    return {"digest": f"sha256:{digest}", "size": len(text)}


def _link(seat: Seat, place: str, digest: object) -> None:
    _put(seat, f"{ROOT}/repositories/shop/web/{place}/link", str(digest))


def _image(seat: Seat, architecture: str) -> dict[str, object]:
    config = _blob(seat, json.dumps({"os": "linux", "architecture": architecture, "rootfs": {"type": "layers"}}))
    layer = _blob(seat, f"a layer for {architecture}")
    for blob in (config, layer):
        _link(seat, f"_layers/sha256/{str(blob['digest'])[7:]}", blob["digest"])
    text = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": CONFIG, **config},
                       "layers": [{"mediaType": LAYER, **layer}]})
    manifest = _blob(seat, text)
    _link(seat, f"_manifests/revisions/sha256/{str(manifest['digest'])[7:]}", manifest["digest"])
    return {"mediaType": MANIFEST, "platform": {"os": "linux", "architecture": architecture}, **manifest}


def start(seat: Seat) -> None:
    images = [_image(seat, architecture) for architecture in ("amd64", "arm64")]
    index = _blob(seat, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": images}))
    digest = str(index["digest"])
    _link(seat, f"_manifests/revisions/sha256/{digest[7:]}", digest)
    _link(seat, "_manifests/tags/v1/current", digest)
    _link(seat, f"_manifests/tags/v1/index/sha256/{digest[7:]}", digest)
    http: dict[str, object] = {"addr": f"{seat.address}:{seat.port}"}
    if seat.options["tls"]:
        pair = seat.certificate()
        http["tls"] = {"certificate": str(pair.certificate), "key": str(pair.key)}
    settings: dict[str, object] = {"version": "0.1", "log": {"level": "error"}, "http": http,
                                   "storage": {"filesystem": {"rootdirectory": str(seat.folder)}}}
    if seat.options["login"]:
        users = seat.write("users", USERS)
        settings["auth"] = {"htpasswd": {"realm": "Contoso", "path": str(users)}}
    seat.run("docker-registry", "serve", str(seat.write("config.yml", json.dumps(settings))))
