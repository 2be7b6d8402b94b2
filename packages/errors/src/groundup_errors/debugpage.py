"""The page that a developer sees: the exception, its source and local variables, and the request.

    KeyError: 'total'
      the way           passed log_requests, raised pay
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
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any, NamedTuple, TypeAlias

from groundup_errors.facts import RequestLike, find_code, find_headers, find_status, is_mapping
from groundup_errors.redact import MASK, is_secret_key, redact_text
from groundup_errors.responses import HTML, JSON, PAGE_POLICY, PROBLEM, negotiate, problem
from groundup_errors.way import Way, find_chapter, follow_way, is_foreign, walk_frames
from groundup_response import Response, reason_phrase

__all__ = ["DebugResponder", "FindWay", "debug_response", "find_responder"]

MAX_FRAMES = 30
MAX_CHAIN = 5
MAX_LOCALS = 40
MAX_VALUE = 300  # characters
MAX_EXPLANATION = 5000
AROUND = 5  # lines of source before and after

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root{{color-scheme:light dark;--ink:#1d2430;--soft:#5b6472;--paper:#fff;--box:#f4f5f7;
--line:#dde1e6;--mark:#fde3e1;--red:#b3261e;--link:#0b57d0}}
@media(prefers-color-scheme:dark){{:root{{--ink:#e3e6ea;--soft:#9aa4b1;--paper:#14171b;
--box:#1d2126;--line:#343a42;--mark:#4a2020;--red:#ff8a80;--link:#8ab4f8}}}}
*{{box-sizing:border-box}}
body{{font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
max-width:64rem;margin:0 auto;padding:1.5rem clamp(.75rem,3vw,2rem)}}
h1{{font-size:clamp(1.4rem,5vw,2rem);margin:.2rem 0;color:var(--red);overflow-wrap:anywhere}}
h2{{font-size:1.1rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}}
h3{{font-size:.9rem;font-weight:600;margin:1rem 0 .3rem;overflow-wrap:anywhere}}
p{{margin:.3rem 0;overflow-wrap:anywhere}}.soft,small{{color:var(--soft)}}a{{color:var(--link)}}
pre,td,.way{{font:.8rem/1.5 ui-monospace,Menlo,Consolas,monospace}}
pre{{overflow-x:auto;background:var(--box);border:1px solid var(--line);border-radius:.4rem;
padding:.6rem;margin:.3rem 0}}
pre b{{display:inline-block;min-width:100%;background:var(--mark);font-weight:inherit}}
details{{margin:.3rem 0}}
summary{{cursor:pointer;color:var(--soft);overflow-wrap:anywhere}}
details details{{margin-left:.5rem}}
.way{{list-style:none;margin:0;padding:0;border-left:3px solid var(--line)}}
.way li{{padding:.15rem .7rem;overflow-wrap:anywhere}}
.raised{{color:var(--red);background:var(--mark)}}.further{{opacity:.6}}
table{{border-collapse:collapse;width:100%}}
td{{vertical-align:top;padding:.15rem .7rem .15rem 0;border-top:1px solid var(--line);
overflow-wrap:anywhere}}td:first-child{{width:9rem;color:var(--soft)}}
</style>
</head>
<body>
<p class="soft">{status} · {request}</p>
<h1>{title}</h1>
<p>{message}</p>
{chapter}
{way}
<h2>Where it was raised</h2>
{body}
<h2>The request</h2>
{fields}
<p><small>This page is shown because debug is on. Turn it off where others can see it.</small></p>
</body>
</html>
"""

FindWay: TypeAlias = Callable[[Any], Way | None]
# What may stand for `debug=True`: a function that calls `debug_response` with more than it.
DebugResponder: TypeAlias = Callable[[Exception, Any], Response]


class Place(NamedTuple):
    """One frame of a traceback."""

    frame: FrameType
    line: int


def debug_response(
    error: Exception,
    request: RequestLike,
    *,
    find_way: FindWay | None = None,
    chapters: str | None = None,
) -> Response:
    """Return a page about an error, or its traceback as text or JSON for whoever takes no HTML.

    Args:
        error: What was raised.
        request: For what.
        find_way: Tells the way of a request; without it, only its route is shown.
        chapters: Where the course is, as an address that names of chapters can be added to, such
            as ``"http://localhost:8001/"``.  Without it, chapters are named and not linked.
    """
    status, kind = find_status(error), negotiate(request)
    way, chapter = ask_way(find_way, request), find_chapter(error)
    if kind == HTML:
        response = Response(status, write_page(error, request, way, link(chapter, chapters)))
        response.set_header("Content-Type", "text/html; charset=utf-8")
        response.set_header("Content-Security-Policy", PAGE_POLICY)
    else:
        trace = redact_text("".join(traceback.format_exception(error, limit=-MAX_FRAMES)))
        trace = make_sendable(trace)
        steps = [f"{step.state}: {step.name} {step.place}" for step in follow_way(way, error)]
        if kind in {PROBLEM, JSON}:
            lines = trace.splitlines()
            response = problem(
                status,
                detail=lines[-1],
                code=find_code(error),
                traceback=lines,
                route=way.route or None,
                way=steps or None,
                chapter=chapter or None,
            )
        else:
            response = Response(status, "\n".join([trace, *steps]))
            response.set_header("Content-Type", "text/plain; charset=utf-8")
    response.set_header("X-Content-Type-Options", "nosniff")
    response.set_header("Cache-Control", "no-store")
    for name, value in find_headers(error).items():
        response.set_header(name, value)
    return response


def find_responder(debug: bool | DebugResponder) -> DebugResponder | None:  # noqa: FBT001 - the setting itself
    """Return who makes debug pages, or None if there are none."""
    if callable(debug):
        return debug
    return debug_response if debug else None


def ask_way(find_way: FindWay | None, request: RequestLike) -> Way:
    """Return the way of a request, as far as somebody knows it."""
    route = str(getattr(request, "route", None) or "")
    try:
        found = find_way(request) if find_way is not None else None
    except Exception as failure:  # noqa: BLE001 - the page is about another error
        return Way(route=route, explanation=f"the way is not known: {show(failure)}")
    return Way(route=route) if found is None else found


def link(chapter: str, chapters: str | None) -> str:
    """Return what the page says of the chapter that an error came from."""
    if not chapter:
        return ""
    number, _, name = chapter.partition("-")
    text = f"chapter {int(number)}, {name}"
    if chapters is not None:
        text = f'<a href="{escape(f"{chapters}{chapter}/")}">{text}</a>'
    return f'<p class="soft">It came out of a part that the course builds: {text}.</p>'


def write_page(error: Exception, request: RequestLike, way: Way, chapter: str) -> str:
    """Return the whole page."""
    body: list[str] = []
    for at, link in enumerate(follow_chain(error)):
        if at:
            body.append(f"<h2>because of {escape(type(link).__name__)}: {escape(show(link))}</h2>")
        places = reversed(list(find_places(link.__traceback__)))
        body.extend(write_place(place, first=not number) for number, place in enumerate(places))
    fields: list[tuple[str, str]] = []
    for name, value in dict(getattr(request, "headers", None) or {}).items():
        secret = is_secret_key(name)
        fields.append((str(name), MASK if secret else redact_text(str(value))))
    status = find_status(error)
    return PAGE.format(
        title=escape(type(error).__name__),
        message=escape(show(error)),
        status=f"{status} {reason_phrase(status)}",
        chapter=chapter,
        way=write_way(way, error),
        body="\n".join(body),
        request=escape(f"{request.method} {redact_text(request.path)}"),
        fields=write_table(fields),
    )


def write_way(way: Way, error: Exception) -> str:
    """Return the layers that the request met, and its route with the router's reasons."""
    steps = follow_way(way, error)
    items = [
        f'<li class="{step.state.partition(" ")[0]}">{escape(step.state)} '
        f'<strong>{escape(step.name)}</strong> <span class="soft">{escape(step.place)}</span></li>'
        for step in steps
    ]
    parts = [f'<ol class="way">{"".join(items)}</ol>'] if items else []
    if way.route:
        parts.append(f"<p>The route is <code>{escape(redact_text(way.route))}</code>.</p>")
    if way.explanation:
        text = escape(redact_text(way.explanation[:MAX_EXPLANATION]))
        parts.append(f"<details><summary>why this route</summary><pre>{text}</pre></details>")
    return "\n".join(["<h2>The way of the request</h2>", *parts]) if parts else ""


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
    places = [Place(frame, line) for frame, line in walk_frames(trace)]
    yield from places[-MAX_FRAMES:]


def write_place(place: Place, *, first: bool) -> str:
    """Return a frame: where it is, its source, its variables.

    Code of others is folded away, but for the line that raised.
    """
    code = place.frame.f_code
    head = escape(f"{code.co_filename}, line {place.line}, in {code.co_qualname}")
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
    body = f"<pre>{source}</pre>\n{variables if values else ''}"
    if first or not is_foreign(place.frame):
        return f"<h3>{head}</h3>\n{body}"
    return f"<details><summary>{head}</summary>\n{body}</details>"


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
