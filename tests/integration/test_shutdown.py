"""The order in which a site stops, seen by its clients."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_websockets import connect

SITE = """
import asyncio
from groundup import Application, Response
from groundup.health import add_health_routes
app = Application()
add_health_routes(app)

@app.get("/slow")
async def slow(request):
    print("working", flush=True)
    await asyncio.sleep(1.5)
    return Response(200, "done")

@app.get("/events")
async def events(request):
    async def source():
        yield "begun"
        await asyncio.Event().wait()
    return Response.events(source())

@app.websocket("/ws")
async def ws(ws, request):
    async for message in ws:
        await ws.send(message)

@app.on_shutdown
def last():
    print("last", flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


async def test_open_work_ends_in_order_and_nothing_is_lost(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "stopping.py").write_text(SITE)
    site = start("stopping")
    async with asyncio.timeout(60), connect(f"{site.ws}/ws") as ws:
        streams = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(3)]
        (slow, ask), (events, listen), (health, look) = streams
        listen.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        await events.readuntil(b"data: begun\n\n")
        look.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await health.readuntil(b"ready\n")).startswith(b"HTTP/1.1 200 ")
        ask.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await asyncio.to_thread(site.output.readline) == "working\n"

        site.ask_to_stop()
        begun = time.monotonic()

        assert await ws.receive() is None
        assert ws.close_code == 1001
        assert (await events.read()).endswith(b"0\r\n\r\n")
        answer = await slow.read()
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
        assert answer.endswith(b"done")
        with pytest.raises(OSError):  # noqa: PT011 - refused, in the words of the system
            await asyncio.open_connection("127.0.0.1", site.port)
        assert await asyncio.to_thread(site.wait) == 0
        assert time.monotonic() - begun < 10  # long before the grace of ten and its last wait
        for _, writer in streams:
            writer.close()
    assert site.output.read() == "last\n"


async def test_whoever_watches_is_told_while_open_requests_end(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "stopping.py").write_text(
        SITE.replace('print("working", flush=True)', "").replace(
            "await asyncio.sleep(1.5)",
            """print("working", flush=True)
    while not app.draining:
        await asyncio.sleep(0.01)
    from groundup import Request
    return await app.handle(Request("GET", "/readyz"))""",
        )
    )
    site = start("stopping")
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await asyncio.to_thread(site.output.readline) == "working\n"
        site.ask_to_stop()
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert answer.endswith(b"shutting down\n")
