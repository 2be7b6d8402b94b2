"""A request of the size that the ready-made layers need, and how to wait for a thread."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundup_response import Response


class Fields(dict[str, str]):
    """Header fields that are found in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


@dataclass
class Request:
    method: str = "GET"
    path: str = "/"
    headers: Fields = field(default_factory=Fields)
    user: Any = None


@pytest.fixture
def make_request() -> Callable[..., Request]:
    def make(method: str = "GET", path: str = "/", **headers: str) -> Request:
        fields = Fields({name.replace("_", "-"): value for name, value in headers.items()})
        return Request(method, path, fields)

    return make


@pytest.fixture
def hello() -> Callable[[Any], Response]:
    return lambda request: Response(200, "hello")


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - threads know no asyncio.Event
            await asyncio.sleep(0)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something is true that happens in a thread."""
    return wait_until
