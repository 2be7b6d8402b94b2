"""One line for each request that says all at once: the summary.

    GET /users/:id 200 3.2 ms    request_id=7f3a… method=GET path=/users/42 route=/users/:id
                                 status=200 milliseconds=3.2 bytes=512 user=42 queries=3 hops=1

The route and not the path stands in the message: it has no values in it, so lines can be counted.
While the request runs its id is bound to the log's context, so that every record carries it.

What happens elsewhere is delivered in one of two ways: whoever does it calls ``count("queries")``,
or the layer asks when the response is there, by ``request_log(facts={"hops": current_hops})``.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from groundup_errors.boundary import Boundary
from groundup_errors.context import RequestScope
from groundup_errors.facts import one_line
from groundup_errors.formatters import STANDARD
from groundup_errors.redact import redact_text
from groundup_response import Response

__all__ = ["request_log"]

MAX_ID = 128  # characters


def request_log(
    logger: logging.Logger | None = None,
    *,
    level: int = logging.INFO,
    facts: Mapping[str, Callable[[], object]] | None = None,
    counts: Iterable[str] = (),
) -> Boundary:
    """Return a layer that writes a summary of each request when its response is on its way out.

    Args:
        logger: Where to, by default the logger ``groundup.requests``.
        level: The level of the line.
        facts: More fields by name, each with the function to ask; None leaves a field out.
        counts: What is on the line also if nobody counted any: ``count("queries")`` adds to it.

    Raises:
        ValueError: A field has the name of an attribute of records.
    """
    counts = list(counts)
    if taken := sorted(STANDARD.intersection([*(facts or ()), *counts])):
        raise ValueError(f"a field must not have the name of a record's own, got {taken}")
    target = logger or logging.getLogger("groundup.requests")
    asked, zeros = dict(facts or {}), dict.fromkeys(counts, 0)

    async def summarise(request: Any, next: Callable[[], Any]) -> Response:
        start = time.perf_counter()
        with RequestScope(getattr(request, "id", None)) as counted:
            try:
                response: Response = await next()
            except BaseException as error:
                write(target, level, request, type(error).__name__, start, collect(counted))
                raise
            write(target, level, request, response, start, collect(counted))
        return response

    def collect(counted: Mapping[str, int]) -> dict[str, object]:
        return {**zeros, **counted, **ask(asked)} if target.isEnabledFor(level) else {}

    summarise.__groundup_order__ = {"name": "request_log"}  # type: ignore[attr-defined]  # for those who show a chain
    return summarise


def ask(facts: Mapping[str, Callable[[], object]]) -> dict[str, object]:
    """Return what others say; the error of one of them is its answer."""
    found: dict[str, object] = {}
    for name, function in facts.items():
        try:
            value = function()
        except Exception as error:  # noqa: BLE001 - a line of the log must not end a request
            value = f"raised {type(error).__name__}"
        if value is not None:
            found[name] = value
    return found


def write(
    logger: logging.Logger,
    level: int,
    request: Any,
    outcome: Response | str,
    start: float,
    more: Mapping[str, object],
) -> None:
    """Write the line of a request that got a response, or raised something."""
    if not logger.isEnabledFor(level):
        return
    milliseconds = round((time.perf_counter() - start) * 1000, 3)
    method, path = one_line(str(request.method)), one_line(redact_text(str(request.path)))
    extra: dict[str, Any] = {}
    # Not left to the context: a layer further in may have given the id.
    if given := getattr(request, "id", None):
        extra["request_id"] = one_line(str(given), MAX_ID)
    extra["method"], extra["path"] = method, path
    if route := getattr(request, "route", None):
        extra["route"] = one_line(str(route))
    extra["milliseconds"] = milliseconds
    if (user := find_user(request)) is not None:
        extra["user"] = user
    result = add_outcome(extra, outcome)
    for name, value in more.items():
        if name not in STANDARD:  # logging refuses those
            extra.setdefault(name, value)
    shown = extra.get("route", path)
    logger.log(level, "%s %s %s %.1f ms", method, shown, result, milliseconds, extra=extra)


def add_outcome(extra: dict[str, Any], outcome: Response | str) -> str:
    """Add what became of a request to the fields, and return it for the message."""
    if isinstance(outcome, str):
        extra["error"] = outcome
        return outcome
    extra["status"] = int(outcome.status)
    if (size := getattr(outcome, "content_length", None)) is not None:  # that of most streams
        extra["bytes"] = size
    if (error := getattr(outcome, "error", None)) is not None:
        extra["error"] = type(error).__name__
    return str(extra["status"])


def find_user(request: Any) -> int | str | None:
    """Return who sent a request, as far as a log should know: a number or a name.

    That is ``request.user``, or the ``id`` of it if it is an object.
    """
    try:
        user = getattr(request, "user", None)
        found = user if isinstance(user, int | str) else getattr(user, "id", None)
    except Exception:  # noqa: BLE001 - somebody's property
        return None
    if isinstance(found, str):
        return one_line(redact_text(found), MAX_ID) or None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
