"""groundup_websockets: names are imported when they are asked for."""

import subprocess
import sys

import pytest

import groundup_websockets

PROGRAM = """
import sys
from groundup_websockets import Rooms, WebSocketConfig

Rooms().get_or_create("lobby").publish("nobody hears this")
for name in ("client", "connection", "deflate", "handshake", "protocol", "redis", "server"):
    if f"groundup_websockets.{name}" in sys.modules:
        print(name)
"""


def test_a_server_that_starts_waits_for_no_protocol() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert done.stdout == ""


def test_every_name_is_there() -> None:
    found: dict[str, object] = {}
    exec("from groundup_websockets import *", found)

    assert set(groundup_websockets.__all__) <= found.keys()
    assert set(groundup_websockets.__all__) <= set(dir(groundup_websockets))


def test_a_name_that_is_not_there_is_an_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="'groundup_websockets' has no attribute 'nothing'"):
        _ = groundup_websockets.nothing  # type: ignore[attr-defined]  # what is tested
