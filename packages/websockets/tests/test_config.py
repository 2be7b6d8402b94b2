"""groundup_websockets.config: limits are positive."""

import pytest

from groundup_websockets import WebSocketConfig


@pytest.mark.parametrize(
    "name", ["max_message", "max_queue", "write_limit", "ping_timeout", "close_timeout"]
)
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_must_be_more_than_nothing(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} must be more than 0, got {value}"):
        WebSocketConfig(**{name: value})  # type: ignore[arg-type]  # all are numbers


@pytest.mark.parametrize("name", ["ping_interval", "linger"])
def test_a_time_may_be_nothing(name: str) -> None:
    assert WebSocketConfig(**{name: 0})  # type: ignore[arg-type]  # all are numbers
    with pytest.raises(ValueError, match=f"{name} must not be less than 0"):
        WebSocketConfig(**{name: -1})  # type: ignore[arg-type]  # all are numbers
