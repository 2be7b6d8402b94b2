"""groundup_asyncserver.config: numbers that would hang a server are refused."""

import ssl
from typing import Any

import pytest

from groundup_asyncserver import ServerConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"port": -1}, "port must be 0 or more, got -1", id="port"),
        pytest.param({"port": 65536}, "port must be 0 to 65535, got 65536", id="high-port"),
        pytest.param({"header_timeout": 0}, "header_timeout must be more than 0", id="zero"),
        pytest.param({"max_body": -5}, "max_body must be more than 0, got -5", id="negative"),
        pytest.param({"body_timeout": float("nan")}, "got nan", id="nan"),
        pytest.param({"handler_timeout": 0.0}, "handler_timeout must be more than 0", id="handler"),
        pytest.param({"threads": 0}, "threads must be more than 0", id="threads"),
        pytest.param({"max_requests": 0}, "max_requests must be more than 0", id="requests"),
        pytest.param({"private_key": "a.pem"}, "must come with a certificate", id="key-alone"),
        pytest.param(
            {"ssl": ssl.create_default_context(), "certificate": "a.pem"},
            "ssl and certificate must not both be given",
            id="two-certificates",
        ),
    ],
)
def test_refuses_numbers_that_make_no_sense(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ServerConfig(**settings)


@pytest.mark.parametrize("option", ["port", "grace", "disconnect_grace", "max_drain"])
def test_zero_is_fine_where_it_means_something(option: str) -> None:
    settings: dict[str, Any] = {option: 0}

    assert getattr(ServerConfig(**settings), option) == 0


def test_the_tick_follows_the_shortest_time_out() -> None:
    assert ServerConfig().tick == 0.125
    assert ServerConfig(header_timeout=0.08).tick == 0.02
    assert ServerConfig(handler_timeout=0.001).tick == 0.01
