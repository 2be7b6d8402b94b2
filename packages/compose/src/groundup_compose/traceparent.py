"""Follow one request through many services: W3C Trace Context.

    traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
                 │  └ trace: the same in every service └ the caller's    └ flags: 01 = recorded
                 └ version                               own step

    request comes in ─► a step of our own, its parent the caller's ─► calls that we make carry it

A ``request_id`` names one request to one service; this names the whole tree of requests that one
click has caused.  A field that is not as the standard writes it starts a new trace, and takes its
``tracestate`` (what other tools added) with it.
"""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer
from groundup_response import Response

__all__ = ["Trace", "current_trace", "parse_traceparent", "traceparent"]

FIELD = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
SAMPLED = 0x01
KEPT_FLAGS = 0x03  # sampled, and that the id is random; what others mean, nobody knows yet
FORBIDDEN_VERSION = "ff"
MAX_STATE = 512
MAX_MEMBERS = 32
MEMBER = re.compile(r"[a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]")


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a trace: ours.

    >>> trace = start_trace(None, None, sampled=True)
    >>> len(trace.trace_id), len(trace.span_id), trace.parent_id
    (32, 16, None)
    """

    trace_id: str
    span_id: str
    """Our own step."""
    parent_id: str | None = None
    """The step that called us; None if the trace begins here."""
    flags: int = 0
    state: str = ""

    @property
    def sampled(self) -> bool:
        """Whether those who called us record this trace."""
        return bool(self.flags & SAMPLED)

    @property
    def headers(self) -> dict[str, str]:
        """The fields that a request to another service should carry."""
        field = f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"
        return {"traceparent": field, **({"tracestate": self.state} if self.state else {})}


current_trace: ContextVar[Trace | None] = ContextVar("groundup_trace", default=None)
"""The step that this code works for; it follows into threads and tasks."""


def traceparent(*, trust: bool = True, sampled: bool = False) -> Layer:
    """Return a layer that sets ``request.trace`` and `current_trace`.

    Args:
        trust: Whether a trace that the client began is continued; if not, each one begins here.
        sampled: What a trace that begins here says to the services that it comes to.

    >>> from groundup_middleware import Pipeline
    >>> from types import SimpleNamespace
    >>> field = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    >>> request = SimpleNamespace(headers={"traceparent": field})
    >>> handler = lambda request: Response(200, request.trace.trace_id)
    >>> Pipeline([traceparent()]).run_sync(request, handler).text
    '0af7651916cd43dd8448eb211c80319c'
    """

    async def follow(request: Any, next: AsyncNext) -> Response:
        field = request.headers.get("traceparent") if trust else None
        state = request.headers.get("tracestate") if field else None
        request.trace = start_trace(field, state, sampled=sampled)
        token = current_trace.set(request.trace)
        try:
            return await next()
        finally:
            current_trace.reset(token)

    return annotate(follow, "traceparent")


def start_trace(field: str | None, state: str | None, *, sampled: bool) -> Trace:
    """Return our step in the trace of these fields, or in a new one."""
    span_id = make_id(8)
    parent = parse_traceparent(field or "")
    if parent is None:
        return Trace(make_id(16), span_id, flags=SAMPLED if sampled else 0)
    state = clean_state(state or "")
    return Trace(parent.trace_id, span_id, parent.span_id, parent.flags & KEPT_FLAGS, state)


def parse_traceparent(value: str) -> Trace | None:
    """Return the caller's step, or None if the field is not as section 3.2 has it.

    A version that is newer than ours may add parts at the end.

    >>> parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").sampled
    True
    >>> parse_traceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01")
    """
    match = FIELD.fullmatch(value)
    if match is None or match[1] == FORBIDDEN_VERSION or (match[1] == "00" and match[5]):
        return None
    if not match[2].strip("0") or not match[3].strip("0"):
        return None
    return Trace(match[2], match[3], flags=int(match[4], 16))


def clean_state(value: str) -> str:
    """Return ``tracestate`` to pass on, or nothing if it is not as section 3.3 has it.

    >>> clean_state("rojo=00f067aa0ba902b7,, congo=t61rcWkgMzE"), clean_state("a=1,a=2")
    ('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', '')
    """
    members = [member for item in value.split(",") if (member := item.strip(" \t"))]
    names = {member.partition("=")[0] for member in members}
    too_many = len(members) > MAX_MEMBERS or len(value) > MAX_STATE
    if too_many or len(names) < len(members) or not all(map(MEMBER.fullmatch, members)):
        return ""
    return ",".join(members)


def make_id(size: int) -> str:
    """Return that many random bytes in hexadecimal digits; never all zeros, which means none."""
    while not (number := secrets.token_hex(size)).strip("0"):  # pragma: no cover - once in 2**64
        pass
    return number
