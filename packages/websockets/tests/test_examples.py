"""The examples run as they stand."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundup_websockets import HandshakeError, connect

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
async def chat() -> AsyncIterator[str]:
    """The address of the running chat, host and port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / "chat.py"), "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
    yield line.removeprefix("http://").rstrip("/")
    process.kill()
    await process.communicate()


async def test_the_chat_is_heard_by_all(chat: str) -> None:
    url = f"ws://{chat}/chat"

    async with connect(url, origin=f"http://{chat}") as one, connect(url) as two:
        await one.send("hello")
        assert [await one.receive(), await two.receive()] == ['{"text":"hello"}'] * 2

    with pytest.raises(HandshakeError) as caught:
        async with connect(url, origin="http://evil.org"):
            pass
    assert caught.value.status == 403


async def test_the_chat_has_a_page(chat: str) -> None:
    host, _, port = chat.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)

    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html")
    assert b"new WebSocket(" in answer
