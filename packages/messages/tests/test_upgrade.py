"""groundup_messages.upgrade: the last HTTP on a connection."""

import asyncio

from groundup_messages import Response, Upgrade
from groundup_response import Framing, serialize_head


def test_is_a_response_that_knows_who_speaks_next() -> None:
    class Echo(asyncio.Protocol):
        pass

    response = Upgrade(Echo, {"Upgrade": "echo", "Connection": "Upgrade"})
    head, framing = serialize_head(response, method="GET", http_version="1.1", keep_alive=True)

    assert isinstance(response, Response)
    assert isinstance(response.protocol(), Echo)
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n")
    assert framing is Framing.NONE
