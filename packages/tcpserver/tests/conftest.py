"""Servers of both engines, stopped after each test."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundup_tcpserver import SelectorServer, TCPServer

ENGINES: dict[str, Callable[..., Any]] = {"threads": TCPServer, "selector": SelectorServer}


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """One of the two server classes."""
    return ENGINES[request.param]


@pytest.fixture
def make(engine: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Make a server on a free port, with short times; stopped at the end."""
    servers: list[Any] = []

    def make(handler: Callable[..., Any], **settings: Any) -> Any:
        settings = {"idle_timeout": 10.0, "grace": 10.0, **settings}
        server = engine("127.0.0.1", 0, handler, **settings)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop(0)


@pytest.fixture
def serve(make: Callable[..., Any]) -> Callable[..., Any]:
    """Make a server and start it."""

    @functools.wraps(make)
    def serve(handler: Callable[..., Any], **settings: Any) -> Any:
        server = make(handler, **settings)
        server.start()
        return server

    return serve
