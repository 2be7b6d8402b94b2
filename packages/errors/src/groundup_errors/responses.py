"""Make the response of an error: problem details (RFC 9457), HTML or plain text, as it is accepted.

    Accept: application/json    {"title": "Not Found", "status": 404, "detail": "User not found"}
    Accept: text/html           a small page of its own, without scripts or anything to load
    Accept: image/png           404 Not Found: User not found

What a client reads depends on the status alone: below 500 it is told what it did wrong, from 500 on
nothing but the status and the id under which the log has the rest.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from groundup_errors.facts import (
    INTERNAL,
    RequestLike,
    find_code,
    find_details,
    find_headers,
    find_message,
    find_status,
)
from groundup_response import Response, reason_phrase

__all__ = [
    "HTML",
    "JSON",
    "PAGE_POLICY",
    "PROBLEM",
    "TEXT",
    "default_response",
    "negotiate",
    "problem",
]

PROBLEM = "application/problem+json"
JSON = "application/json"
HTML = "text/html"
TEXT = "text/plain"
OFFERS = (PROBLEM, JSON, HTML, TEXT)

STANDARD = frozenset({"type", "title", "status", "detail", "instance", "headers"})

RANGE = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*((?:;[^,]*)?)")
QUALITY = re.compile(r";\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.IGNORECASE)

# The page brings its own style, which the policy of a site would forbid; it needs nothing else.
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{status} {title}</title>
<style>:root{{color-scheme:light dark}}
body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}
small{{opacity:.7}}</style>
</head>
<body>
<h1>{title}</h1>
<p>{detail}</p>
<p><small>{footer}</small></p>
</body>
</html>
"""


def problem(
    status: int,
    title: str | None = None,
    detail: str | None = None,
    *,
    type: str | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
    **extensions: Any,
) -> Response:
    """Return a response with problem details: RFC 9457.

    >>> problem(409, detail="sold out", seats=0).text
    '{"title": "Conflict", "status": 409, "detail": "sold out", "seats": 0}'

    Args:
        status: Of the response, and repeated in the body.
        title: The kind of problem, by default the reason phrase.
        detail: This one occurrence of it.
        type: A URI that names the kind; without one the kind is the status.
        instance: A URI that names the occurrence.
        headers: Fields of the response.
        extensions: More members, of any JSON value.
    """
    members = {
        "type": type,
        "title": title or reason_phrase(status) or "Error",
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    body: dict[str, Any] = {**members, **extensions}
    body = {name: value for name, value in body.items() if value is not None}
    response = Response(status, json.dumps(body, default=str), headers)
    response.set_header("Content-Type", PROBLEM)
    return response


def default_response(error: Exception, request: RequestLike) -> Response:
    """Return the response of an error that nobody registered a handler for."""
    status, detail = find_status(error), find_message(error)
    title = reason_phrase(status) or "Error"
    reference = getattr(request, "id", None)
    reference = str(reference)[:128] if reference else None
    kind = negotiate(request)
    if kind in {PROBLEM, JSON}:
        members: dict[str, Any] = {"code": find_code(error), "request_id": reference}
        members |= find_details(error)
        response = problem(status, title, detail, **without_standard(members))
        response.set_header("Content-Type", kind)
    else:
        response = Response(status, write_page(kind, status, title, detail, reference))
        response.set_header("Content-Type", f"{kind}; charset=utf-8")
        response.set_header("X-Content-Type-Options", "nosniff")
        if kind == HTML:
            response.set_header("Content-Security-Policy", PAGE_POLICY)
    response.set_header("Vary", "Accept")
    for name, value in find_headers(error).items():
        response.set_header(name, value)
    return response


def without_standard(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return extension members: those of the standard have their own place."""
    return {name: value for name, value in members.items() if name not in STANDARD}


def write_page(
    kind: str, status: int, title: str, detail: str | None, reference: str | None
) -> str:
    """Return what a person reads, as HTML or as text."""
    if detail is None:
        detail = "Something went wrong here. It was written down." if status >= INTERNAL else title
    if kind == TEXT:
        return f"{status} {title}: {detail}\n" + (f"request {reference}\n" if reference else "")
    footer = f"{status}" + (f" · request {reference}" if reference else "")
    texts = {"title": title, "detail": detail, "footer": footer}
    return PAGE.format(status=status, **{name: html.escape(text) for name, text in texts.items()})


def negotiate(request: RequestLike) -> str:
    """Return the media type to answer with; plain text for whoever accepts none of ours."""
    accepts = getattr(request, "accepts", None)
    if callable(accepts):
        return str(accepts(*OFFERS) or TEXT)
    return choose(request.headers.get("Accept"))


def choose(accept: str | None) -> str:
    """Return what an ``Accept`` field likes best of ours: RFC 9110, section 12.5.1.

    >>> choose("text/html,application/xml;q=0.9,*/*;q=0.8"), choose(None), choose("image/png")
    ('text/html', 'application/problem+json', 'text/plain')
    """
    if accept is None or not accept.strip():
        return PROBLEM
    qualities: dict[str, float] = {}
    for part in accept[:2048].split(","):
        if found := RANGE.fullmatch(part.rstrip()):
            weight = QUALITY.search(found[2])
            qualities[found[1].lower()] = float(weight[1]) if weight else 1.0
    best, best_quality = TEXT, 0.0
    for offer in OFFERS:
        family = offer.partition("/")[0] + "/*"
        quality = qualities.get(offer, qualities.get(family, qualities.get("*/*", 0.0)))
        if quality > best_quality:
            best, best_quality = offer, quality
    return best
