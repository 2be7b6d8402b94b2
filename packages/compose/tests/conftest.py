"""A request of the size that the ready-made layers need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundup_middleware import nonblocking
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
    ip: str | None = "192.0.2.1"
    is_secure: bool = False
    id: str | None = None
    csp_nonce: str | None = None


@pytest.fixture
def make_request() -> Callable[..., Request]:
    def make(method: str = "GET", path: str = "/", **headers: str) -> Request:
        fields = Fields({name.replace("_", "-"): value for name, value in headers.items()})
        return Request(method, path, fields)

    return make


@pytest.fixture
def hello() -> Callable[[Any], Response]:
    return nonblocking(lambda request: Response(200, "hello"))
