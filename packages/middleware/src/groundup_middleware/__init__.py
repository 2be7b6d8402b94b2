"""A middleware pipeline that mixes sync and async layers on at most one thread a request.

`Pipeline` joins functions ``(request, next)`` and a handler into one async function.  The rest is
what layers are made with, and four ready-made ones: logging, authentication, errors, compression.
"""

from groundup_middleware.bridge import call_in_thread, call_on_loop, current_hops
from groundup_middleware.colour import (
    Colour,
    blocking,
    colour_of,
    describe,
    is_async,
    locate,
    name_layer,
    name_of,
    nonblocking,
)
from groundup_middleware.compress import compression
from groundup_middleware.guard import authentication
from groundup_middleware.lease import copy_changes
from groundup_middleware.links import adaptive, call_by_colour, colour_free
from groundup_middleware.pipeline import Pipeline
from groundup_middleware.recover import SupportsDispatch, error_handling
from groundup_middleware.requestlog import log_requests, logging_middleware
from groundup_middleware.threads import ThreadPool, shared_pool
from groundup_middleware.types import (
    AsyncNext,
    Handler,
    HeadersLike,
    Layer,
    Next,
    RequestLike,
    is_response,
)
from groundup_middleware.vary import add_vary
from groundup_middleware.watchdog import Watchdog

__all__ = [
    "AsyncNext",
    "Colour",
    "Handler",
    "HeadersLike",
    "Layer",
    "Next",
    "Pipeline",
    "RequestLike",
    "SupportsDispatch",
    "ThreadPool",
    "Watchdog",
    "adaptive",
    "add_vary",
    "authentication",
    "blocking",
    "call_by_colour",
    "call_in_thread",
    "call_on_loop",
    "colour_free",
    "colour_of",
    "compression",
    "copy_changes",
    "current_hops",
    "describe",
    "error_handling",
    "is_async",
    "is_response",
    "locate",
    "log_requests",
    "logging_middleware",
    "name_layer",
    "name_of",
    "nonblocking",
    "shared_pool",
]
