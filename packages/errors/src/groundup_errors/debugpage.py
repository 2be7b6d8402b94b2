"""The page that a developer sees: the exception, its source and local variables, and the request.

    KeyError: 'total'
      shop.py, line 12, in pay        the line that raised comes first
         11  order = find(order_id)
       > 12  return order["total"]
         order = {'id': 7, 'card_token': '***'}

It is made in debug mode alone, because source and variables are what an attacker wants.  Secrets
are masked all the same: pages end up in screenshots.  Making it must never fail, so whatever an
object does when it is asked to show itself stays inside of ``show``.
"""

import html
import linecache
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from groundup_errors.facts import RequestLike, find_code, find_headers, find_status, is_mapping
from groundup_errors.redact import MASK, is_secret_key, redact_text
from groundup_errors.responses import HTML, JSON, PAGE_POLICY, PROBLEM, negotiate, problem
from groundup_response import Response

__all__ = ["debug_response"]

MAX_FRAMES = 30
MAX_CHAIN = 5
MAX_LOCALS = 40
MAX_VALUE = 300  # characters
AROUND = 5  # lines of source before and after

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
pre{{overflow-x:auto;background:#f6f6f6;padding:.5rem;margin:.3rem 0}}b{{background:#fdd}}
td{{font:.85rem/1.4 monospace;vertical-align:top;padding-right:1rem;word-break:break-all}}</style>
</head>
<body>
<h1>{title}</h1>
<p>{message}</p>
{body}
<h2>{request}</h2>
{fields}
<p><small>This page is shown because debug is on. Turn it off where others can see it.</small></p>
</body>
</html>
"""


class Place(NamedTuple):
    """One frame of a traceback."""

    frame: FrameType
    line: int


def debug_response(error: Exception, request: RequestLike) -> Response:
    """Return a page about an error, or its traceback as text or JSON for whoever takes no HTML."""
    status, kind = find_status(error), negotiate(request)
    if kind == HTML:
        response = Response(status, write_page(error, request))
        response.set_header("Content-Type", "text/html; charset=utf-8")
        response.set_header("Content-Security-Policy", PAGE_POLICY)
    else:
        trace = redact_text("".join(traceback.format_exception(error, limit=-MAX_FRAMES)))
        trace = make_sendable(trace)
        if kind in {PROBLEM, JSON}:
            lines = trace.splitlines()
            response = problem(status, detail=lines[-1], code=find_code(error), traceback=lines)
        else:
            response = Response(status, trace)
            response.set_header("Content-Type", "text/plain; charset=utf-8")
    response.set_header("X-Content-Type-Options", "nosniff")
    response.set_header("Cache-Control", "no-store")
    for name, value in find_headers(error).items():
        response.set_header(name, value)
    return response


def write_page(error: Exception, request: RequestLike) -> str:
    """Return the whole page."""
    body: list[str] = []
    for at, link in enumerate(follow_chain(error)):
        if at:
            body.append(f"<h2>because of {escape(type(link).__name__)}: {escape(show(link))}</h2>")
        body.extend(map(write_place, reversed(list(find_places(link.__traceback__)))))
    fields: list[tuple[str, str]] = []
    for name, value in dict(getattr(request, "headers", None) or {}).items():
        secret = is_secret_key(name)
        fields.append((str(name), MASK if secret else redact_text(str(value))))
    return PAGE.format(
        title=escape(type(error).__name__),
        message=escape(show(error)),
        body="\n".join(body),
        request=escape(f"{request.method} {redact_text(request.path)}"),
        fields=write_table(fields),
    )


def follow_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that caused it."""
    link: BaseException | None = error
    for _ in range(MAX_CHAIN):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def find_places(trace: TracebackType | None) -> Iterator[Place]:
    """Yield the last frames of a traceback, outermost first."""
    places: list[Place] = []
    while trace is not None:
        places.append(Place(trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    yield from places[-MAX_FRAMES:]


def write_place(place: Place) -> str:
    """Return a frame: where it is, its source, its variables."""
    code = place.frame.f_code
    head = f"{code.co_filename}, line {place.line}, in {code.co_qualname}"
    lines: list[str] = []
    for number in range(max(1, place.line - AROUND), place.line + AROUND + 1):
        # The loader of a template or a zipped package knows its source; a file need not exist.
        source = linecache.getline(code.co_filename, number, place.frame.f_globals).rstrip()
        text = escape(f"{number:5}  {redact_text(source)}")
        if source or number == place.line:
            lines.append(f"<b>{text}</b>" if number == place.line else text)
    values = [
        (name, MASK if is_secret_key(name) else show(value))
        for name, value in list(place.frame.f_locals.items())[:MAX_LOCALS]
        if not name.startswith("@")  # of the interpreter
    ]
    variables = f"<details><summary>variables</summary>{write_table(values)}</details>"
    source = "\n".join(lines)
    return f"<h3>{escape(head)}</h3>\n<pre>{source}</pre>\n{variables if values else ''}"


def write_table(rows: list[tuple[str, str]]) -> str:
    """Return rows as an HTML table."""
    cells = [f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows]
    return f"<table>{''.join(cells)}</table>"


def show(value: object) -> str:
    """Return what an object says of itself, without secrets and not too much of it."""
    try:
        if is_mapping(value):
            text = repr(mask_items(value))
        else:
            text = str(value) if isinstance(value, BaseException) else repr(value)
    except Exception as error:  # noqa: BLE001 - somebody's __repr__
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    text = redact_text(text[: 10 * MAX_VALUE])
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"


def mask_items(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the first items of a mapping, secret ones masked."""
    items = list(mapping.items())[:MAX_LOCALS]
    return {key: MASK if is_secret_key(key) else value for key, value in items}


def escape(text: str) -> str:
    """Return text as HTML that shows it."""
    return html.escape(make_sendable(text))


def make_sendable(text: str) -> str:
    """Return text that can be encoded: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
