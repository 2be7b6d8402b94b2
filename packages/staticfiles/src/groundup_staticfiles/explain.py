"""Tell step by step why a request gets the answer that it gets.

    GET /style.css
      path        style.css
      file        text/css; charset=utf-8, 6300 bytes
      coding      none: the client names none
      conditions  If-None-Match decides, and has our tag
    HTTP/1.1 304 Not Modified
    ETag: "8ed7252f4b03f9e8376db5b2"

The answer is the real one.  The words before it are read off the answer and the request, in the
order in which the handler looks at them.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Protocol

from groundup_response import Response, reason_phrase
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.paths import split_path
from groundup_staticfiles.sending import Request

__all__ = ["explain"]

CONDITIONS = ("If-Match", "If-Unmodified-Since", "If-None-Match", "If-Modified-Since")
BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
DECIDES = {304: "the client has it already", 412: "the client wants another one than we have"}


class Handler(Protocol):
    """What answers."""

    def respond(self, request: Request, /) -> Response:
        """Return the answer."""
        ...


def explain(files: Handler, request: Request) -> str:
    """Return the way of a request to its answer, for a person."""
    with files.respond(request) as response:
        steps = [f"  {name:<11} {text}" for name, text in _steps(request, response)]
        fields = [f"{name}: {value}" for name, value in response.headers.multi_items()]
        whole = response.status not in BODILESS and "Content-Length" not in response.headers
        if whole and response.content_length is not None:
            fields.append(f"Content-Length: {response.content_length}")
        status = f"HTTP/1.1 {response.status} {response.reason}"
    return "\n".join([f"{request.method} {request.path}", *steps, status, *fields])


def _steps(request: Request, response: Response) -> Iterator[tuple[str, str]]:
    status = response.status
    if status in {HTTPStatus.NO_CONTENT, HTTPStatus.METHOD_NOT_ALLOWED}:
        yield "method", f"{request.method}: files can be had by GET and HEAD only"
        return
    try:
        names = split_path(request.path, dotfiles=True)
        yield "path", " / ".join(name or "(its index)" for name in names)
    except PathError:
        pass  # the answer has the same words
    if isinstance(response.error, PathError):
        yield "refused", str(response.error)
        return
    if status == HTTPStatus.TEMPORARY_REDIRECT:
        yield "file", "a folder with an index: its path ends in a slash"
        return
    if (media := response.headers.get("Content-Type")) and status < HTTPStatus.BAD_REQUEST:
        yield "file", media
    yield "coding", _coding_step(request, response)
    yield "conditions", _conditions_step(request, status)
    if request.headers.get("Range") is not None:
        yield "range", _range_step(request, response)


def _coding_step(request: Request, response: Response) -> str:
    accepted = request.headers.get("Accept-Encoding")
    coding = response.headers.get("Content-Encoding")
    if response.status == HTTPStatus.NOT_ACCEPTABLE:
        return f"the client takes none that we have, and refuses the file as it is: {accepted}"
    if coding is not None:
        return f"{coding}, which the client likes best of what we have: {accepted}"
    if accepted is None:
        return "none: the client names none"
    if response.headers.get("Vary") is None:
        return "none: this type is compressed already, or has no content"
    return f"none: there is no smaller one that the client likes better: {accepted}"


def _conditions_step(request: Request, status: int) -> str:
    found = [name for name in CONDITIONS if request.headers.get(name) is not None]
    if not found:
        return "none"
    tags = {"If-Unmodified-Since": "If-Match", "If-Modified-Since": "If-None-Match"}
    read = [name for name in found if tags.get(name) not in found]
    ignored = [name for name in found if name not in read]
    text = f"{' and '.join(read)}: {DECIDES.get(status, 'the client has no current one')}"
    return text + "".join(f"; {name} is not looked at beside a tag" for name in ignored)


def _range_step(request: Request, response: Response) -> str:
    wanted = request.headers.get("Range") or ""
    if response.status == HTTPStatus.PARTIAL_CONTENT:
        return f"{wanted}: {response.headers.get('Content-Range', 'several parts')}"
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return f"{wanted}: outside of the file, {response.headers['Content-Range']}"
    if response.status != HTTPStatus.OK:
        return f"{wanted}: not looked at, {reason_phrase(response.status)} comes first"
    if request.headers.get("If-Range") is not None:
        return f"{wanted}: not sent, If-Range has not our validator"
    return f"{wanted}: ignored: it cannot be read, or has too many parts, or the method is HEAD"
