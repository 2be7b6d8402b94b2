"""Hand a connection to another protocol: RFC 9110, section 7.8.

client                       server
GET /chat, Upgrade: x  --->
<---  101 Switching Protocols     the last HTTP on this connection
x x x x x              <-->  x x x x x                   protocol() speaks from here on
"""

import asyncio
from collections.abc import Callable

from groundup_messages.response import Response
from groundup_response import HeadersInput

__all__ = ["Upgrade"]


class Upgrade(Response):
    """The answer 101, and who speaks after it.

    The server writes the head, gives the transport a new ``protocol()``, calls its
    ``connection_made``, and feeds it what the client has sent already.

    >>> Upgrade(asyncio.Protocol, {"Upgrade": "echo", "Connection": "Upgrade"})
    <Upgrade 101 Switching Protocols>
    """

    def __init__(
        self, protocol: Callable[[], asyncio.Protocol], headers: HeadersInput | None = None
    ) -> None:
        super().__init__(101, b"", headers)
        self.protocol = protocol
