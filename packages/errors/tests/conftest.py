"""A request of the size that errors need, and the records that were logged."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest


class Fields(dict[str, str]):
    """Header fields that are found in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


@dataclass
class Request:
    method: str = "GET"
    path: str = "/"
    headers: Fields = field(default_factory=Fields)
    id: str | None = None
    route: str | None = None


@pytest.fixture
def make_request() -> Callable[..., Request]:
    def make(
        method: str = "GET",
        path: str = "/",
        id: str | None = None,
        route: str | None = None,
        **headers: str,
    ) -> Request:
        fields = Fields({name.replace("_", "-"): value for name, value in headers.items()})
        return Request(method, path, fields, id, route)

    return make


@pytest.fixture
def make_record() -> Callable[..., logging.LogRecord]:
    def make(
        message: Any = "hello", *args: Any, error: Exception | None = None, **extra: Any
    ) -> Any:
        info = (type(error), error, error.__traceback__) if error is not None else None
        record = logging.LogRecord("app", logging.INFO, "app.py", 1, message, args, info)
        record.__dict__.update(extra)
        return record

    return make


@pytest.fixture
def read_line() -> Callable[[str], dict[str, Any]]:
    def read(line: str) -> dict[str, Any]:
        assert len(line.splitlines()) == 1
        assert line.isascii()

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        data: dict[str, Any] = json.loads(line, parse_constant=refuse)
        return data

    return read
