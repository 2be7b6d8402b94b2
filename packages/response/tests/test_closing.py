"""groundup_response.closing: nothing that a body holds stays open in silence."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator

import pytest

from groundup_response.closing import can_close, close_body, finish_now


def test_files_and_generators_are_closed() -> None:
    def generate() -> Iterator[bytes]:
        try:
            yield b"a"
        finally:
            closed.append("generator")

    closed: list[str] = []
    file, pieces = io.BytesIO(), generate()
    next(pieces)

    assert can_close(file)
    assert can_close(pieces)
    assert close_body(file) is None
    assert close_body(pieces) is None
    assert file.closed
    assert closed == ["generator"]


@pytest.mark.parametrize("body", [b"bytes", ["list"], iter(["iterator"]), None])
def test_what_holds_nothing_is_left_alone(body: object) -> None:
    assert not can_close(body)
    assert close_body(body) is None


async def test_an_async_generator_that_need_not_wait_is_finished_at_once() -> None:
    async def generate() -> AsyncIterator[bytes]:
        try:
            yield b"a"
        finally:
            closed.append("generator")

    closed: list[str] = []
    pieces = generate()
    await anext(pieces)

    finish_now(close_body(pieces))

    assert closed == ["generator"]


async def test_one_that_has_to_wait_says_so() -> None:
    with pytest.raises(TypeError, match=r"use aclose\(\)"):
        finish_now(asyncio.sleep(1))
    with pytest.raises(TypeError, match=r"use aclose\(\)"):
        finish_now(asyncio.get_running_loop().create_future())
