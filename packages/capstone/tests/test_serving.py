"""groundup.serving: two servers, one way to be told what is wrong."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from groundup import Application
from groundup.config import Config
from groundup.errors import ConfigError, ListenError
from groundup.serving import serve_async, serve_threads

Serve = Callable[[Any, Config, Callable[[str, int], None]], None]


def never(host: str, port: int) -> None:
    raise AssertionError


@pytest.mark.parametrize("serve", [serve_async, serve_threads])
def test_a_port_that_is_taken_is_an_error_of_one_line(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        with pytest.raises(ListenError, match=f"{port}.* in use") as caught:
            serve(Application(), Config(port=port), never)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("serve", [serve_async, serve_threads])
def test_an_address_of_another_machine_is_refused(serve: Serve) -> None:
    with pytest.raises(ListenError):
        serve(Application(), Config(host="203.0.113.7", port=0), never)


def test_threads_have_one_process() -> None:
    with pytest.raises(ConfigError, match="workers must be 1 with the server 'threads', got 2"):
        serve_threads(Application(), Config(workers=2), never)
