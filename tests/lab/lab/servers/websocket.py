"""A WebSocket server (python3-websockets), alone or with TLS, that greets, and ends whoever is silent for too long."""

from __future__ import annotations

import json
from pathlib import Path

from . import Seat

PROGRAMS = () if Path("/usr/lib/python3/dist-packages/websockets").exists() else ("python3-websockets",)
PORTS = (443,)
USER = ""
OPTIONS = {
    "tls": True,
    "idle": 0.0,  # seconds of silence after which it closes with 1001
    "refuse": 0,  # status with which it refuses the upgrade
    "close": 0,  # code with which it closes at once
    "protocols": [],  # subprotocols that it speaks
    "relay": "",  # host:port to which it carries the bytes of binary messages
}

SCRIPT = '''
import asyncio, http, json, ssl, sys
import websockets

plan = json.loads(sys.argv[1])


async def relay(socket):
    host, port = plan["relay"].rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))

    async def back():
        while data := await reader.read(65536):
            await socket.send(data)
        await socket.close()

    task = asyncio.ensure_future(back())
    try:
        async for message in socket:
            writer.write(message)
    finally:
        task.cancel()
        writer.close()


async def talk(socket, path):
    if plan["close"]:
        return await socket.close(plan["close"], "not you")
    if plan["relay"]:
        return await relay(socket)
    await socket.send("welcome")
    try:
        while True:
            await asyncio.wait_for(socket.recv(), plan["idle"] or None)
    except asyncio.TimeoutError:
        await socket.close(1001, "idle for too long")


async def check(path, headers):
    if plan["refuse"]:
        return http.HTTPStatus(plan["refuse"]), {"X-Refused": "yes"}, b"<title>Not here</title>"


async def main():
    tls = None
    if plan["certificate"]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(plan["certificate"], plan["key"])
    options = {"subprotocols": plan["protocols"] or None, "process_request": check, "ssl": tls, "ping_interval": None}
    async with websockets.serve(talk, plan["addresses"], plan["port"], **options):
        await asyncio.Future()


asyncio.run(main())
'''


def start(seat: Seat) -> None:
    plan = {key: seat.options[key] for key in ("idle", "refuse", "close", "protocols", "relay")}
    plan |= {"addresses": seat.host.all_addresses, "port": seat.port, "certificate": "", "key": ""}
    if seat.options["tls"]:
        pair = seat.certificate()
        plan |= {"certificate": str(pair.certificate), "key": str(pair.key)}
    seat.run("/usr/bin/python3", str(seat.write("server.py", SCRIPT)), json.dumps(plan))
