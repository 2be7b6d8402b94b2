"""groundup_testing.asyncclient: the same client, in the loop of the test."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from groundup_messages import Request, Response, Upgrade
from groundup_testing import AnswerTimeoutError, AsyncTestClient, RefusedError
from groundup_websockets import WebSocket, WebSocketProtocol, accept


class Site:
    def __init__(self) -> None:
        self.story: list[str] = []
        self.go_on = asyncio.Event()

    async def startup(self) -> None:
        await asyncio.sleep(0)
        self.story.append("startup")

    async def drain(self) -> None:
        self.story.append("drain")

    async def shutdown(self) -> None:
        self.story.append("shutdown")

    async def __call__(self, request: Request) -> Response:
        match request.path:
            case "/wait":
                await self.go_on.wait()
            case "/stream":
                return Response(200, self.pieces())
            case "/boom":
                raise ValueError("the reason")
            case "/ws":
                acceptance = accept("GET", request.headers)
                return Upgrade(lambda: WebSocketProtocol(acceptance, echo), acceptance.headers)
            case _:
                pass
        return Response(200, f"{request.method} {request.path}")

    async def pieces(self) -> AsyncIterator[bytes]:
        yield b"first"
        await self.go_on.wait()
        yield b"second"


async def echo(ws: WebSocket) -> None:
    async for message in ws:
        await ws.send(message)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
async def test_every_method_has_its_name(method: str) -> None:
    async with AsyncTestClient(Site()) as client:
        answer = await getattr(client, method)("/x")

    assert answer.text == f"{method.upper()} /x"


async def test_test_and_application_share_the_loop() -> None:
    site = Site()
    async with AsyncTestClient(site) as client:
        waiting = asyncio.create_task(client.get("/wait"))
        assert (await client.head("/x")).status == 200
        assert not waiting.done()
        site.go_on.set()
        assert (await waiting).text == "GET /wait"


async def test_many_requests_at_the_same_time() -> None:
    site = Site()
    async with AsyncTestClient(site) as client:
        waiting = [asyncio.create_task(client.get("/wait")) for _ in range(50)]
        await asyncio.sleep(0)
        site.go_on.set()
        answers = await asyncio.gather(*waiting)

    assert [answer.status for answer in answers] == [200] * 50


async def test_the_application_starts_once_and_stops() -> None:
    site = Site()
    client = AsyncTestClient(site, base_url="http://example.com", headers={"X": "1"})

    await asyncio.gather(client.get("/a"), client.get("/b"))
    await client.aclose()
    await client.aclose()

    assert site.story == ["startup", "drain", "shutdown"]
    assert (client.base_url, client.headers["X"]) == ("http://example.com", "1")


async def test_pieces_come_as_they_are_sent() -> None:
    site = Site()
    async with AsyncTestClient(site) as client, client.stream("GET", "/stream") as answer:
        assert await answer.read_piece() == b"first"
        with pytest.raises(AnswerTimeoutError, match=r"0\.01"):
            await answer.read_piece(0.01)
        site.go_on.set()
        assert [piece async for piece in answer] == [b"second"]
        assert await answer.read_piece() == b""


async def test_websockets() -> None:
    async with AsyncTestClient(Site()) as client:
        async with client.websocket("/ws") as ws:
            await ws.send("hello")
            assert await ws.receive() == "hello"
        with pytest.raises(RefusedError):
            async with client.websocket("/x"):
                pass


async def test_a_cancelled_request_is_given_up() -> None:
    site = Site()
    async with AsyncTestClient(site) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get("/wait")
        assert (await client.get("/x")).status == 200
        assert isinstance((await client.get("/boom")).error, ValueError)


async def test_no_task_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with AsyncTestClient(Site()) as client:
        await client.get("/x")
        async with client.stream("GET", "/stream"):
            pass

    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
