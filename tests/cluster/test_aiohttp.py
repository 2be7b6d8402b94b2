"""aiohttp as a client: its own parser, its own way to send forms, and connections that it keeps."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

aiohttp: Any = pytest.importorskip("aiohttp", reason="aiohttp is not installed")

MEGABYTE = 1024 * 1024


@pytest.fixture
async def client(live: Any) -> AsyncIterator[Any]:
    async with aiohttp.ClientSession(live.url, raise_for_status=False) as session:
        yield session


async def arriving(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 10_000


async def test_connections_are_used_again(live: Any, client: Any) -> None:
    before = live.descriptors

    for size in (0, 1, 70_000, 1_000_000):
        async with client.get(f"/stream?size={size}") as answer:
            content = await answer.read()
        assert len(content) == size
        assert answer.headers["Transfer-Encoding"] == "chunked"
        async with client.post("/echo", data=content) as echoed:
            assert await echoed.read() == content

    assert live.descriptors <= before + 2  # libuv keeps one for itself


async def test_chunks_go_both_ways(client: Any) -> None:
    async with client.post("/echo", data=arriving(100)) as answer:
        assert len(await answer.read()) == 1_000_000
    async with client.get("/stream?size=3000000") as answer:
        sizes = [len(piece) async for piece, _ in answer.content.iter_chunks()]

    assert sum(sizes) == 3_000_000
    assert len(sizes) > 100


async def test_a_head_has_no_body(client: Any) -> None:
    for path in ("/bytes?size=1000", "/stream?size=1000", "/none"):
        async with client.head(path) as answer:
            assert await answer.read() == b""
    async with client.head("/bytes?size=1000") as answer:
        assert answer.headers["Content-Length"] == "1000"


async def test_forms_are_read(client: Any, tmp_path: Path) -> None:
    file = tmp_path / "\u00e4 file.bin"
    file.write_bytes(b"x" * 3 * MEGABYTE)

    async with client.post("/form", data={"name": "Z\u00fcrich & more", "empty": ""}) as answer:
        plain = await answer.json()
    with file.open("rb") as opened:
        form = aiohttp.FormData({"name": "\u00c4lice"})
        form.add_field("file", opened, filename=file.name, content_type="image/png")
        async with client.post("/form", data=form) as answer:
            sent = await answer.json()

    assert plain == {"fields": {"name": "Z\u00fcrich & more", "empty": ""}, "files": {}}
    assert sent == {"fields": {"name": "\u00c4lice"}, "files": {"file": [3 * MEGABYTE]}}


async def test_a_body_waits_until_it_is_asked_for(client: Any) -> None:
    async with client.post("/echo", data=b"x" * MEGABYTE, expect100=True) as answer:
        assert len(await answer.read()) == MEGABYTE


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_compressed_form_is_refused(client: Any, coding: str) -> None:
    async with client.post("/form", data={"name": "x" * 10_000}, compress=coding) as answer:
        assert answer.status == 415
        assert coding in await answer.text()


async def test_what_is_known_is_not_sent_again(client: Any) -> None:
    async with client.get("/version") as answer:
        tag = answer.headers["ETag"]
        assert await answer.text() == "content"
    for known, status in ((tag, 304), (f"W/{tag}", 304), ('"first"', 200), ("*", 304)):
        async with client.get("/version", headers={"If-None-Match": known}) as answer:
            assert (answer.status, answer.headers["ETag"]) == (status, tag)


async def test_parts_of_a_file_are_sent(client: Any, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    (tmp_path / "file.pdf").write_bytes(content)

    async with client.get("/files/file.pdf", headers={"Range": "bytes=-100"}) as answer:
        last, tag = await answer.read(), answer.headers["ETag"]
        assert (answer.status, answer.headers["Content-Range"][:6]) == (206, "bytes ")
    fields = {"Range": "bytes=1000-1999", "If-Range": tag}
    async with client.get("/files/file.pdf", headers=fields) as answer:
        middle = await answer.read()
        assert answer.status == 206
    async with client.get("/files/file.pdf", headers={**fields, "If-Range": '"other"'}) as answer:
        assert (answer.status, await answer.read()) == (200, content)
    async with client.get("/files/file.pdf", headers={"Range": "bytes=9999999-"}) as answer:
        assert answer.status == 416

    assert (middle, last) == (content[1000:2000], content[-100:])


async def test_who_leaves_in_the_middle_leaves_nothing(live: Any) -> None:
    before = live.descriptors

    async with aiohttp.ClientSession(live.url) as client:
        for path in ("/stream?size=100000000", "/forever") * 5:
            timeout = aiohttp.ClientTimeout(sock_read=0.1)
            try:
                async with client.get(path, timeout=timeout) as answer:
                    await answer.content.readany()
                    answer.close()
            except TimeoutError:
                assert path == "/forever"

    live.wait_until_free(before)
    assert json.loads(live.get("/heard").partition(b"\r\n\r\n")[2]) == []
    assert live.log == ""
