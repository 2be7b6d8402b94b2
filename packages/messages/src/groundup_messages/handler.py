"""What the whole framework is made of: a function from a request to a response."""

from collections.abc import Awaitable, Callable

import groundup_response
from groundup_messages.request import Request

__all__ = ["Handler"]

Handler = Callable[[Request], groundup_response.Response | Awaitable[groundup_response.Response]]
"""A plain function, or an ``async def``: everything that composes handlers takes both."""
