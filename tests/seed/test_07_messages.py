"""Project 7: the handler, verbatim, behind a real request with every kind of input."""

from collections.abc import Callable
from typing import Any

from groundup_messages import Request, Response

BLOCK = """\
# From within a request handler
def handle_request(request: Request) -> Response:
    # Query parameters
    name = request.query.get("name")  # ?name=Alice

    # Headers
    auth = request.headers.get("Authorization")

    # Cookies
    session_id = request.cookies.get("session")

    # Form data
    email = request.form.get("email")

    # File uploads
    avatar = request.files.get("avatar")

    # Create response
    response = Response()
    response.status = 200
    response.headers["Content-Type"] = "application/json"
    response.set_cookie("new_session", "xyz123")
    response.body = '{"status": "ok"}'

    seen.update(locals())
    return response
"""

BODY = (
    b"--b\r\n"
    b'Content-Disposition: form-data; name="email"\r\n\r\nalice@example.com\r\n'
    b"--b\r\n"
    b'Content-Disposition: form-data; name="avatar"; filename="me.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n"
    b"--b--\r\n"
)


def test_block(run_block: Callable[..., tuple[dict[str, Any], str]]) -> None:
    seen: dict[str, Any] = {}
    names, _ = run_block(BLOCK, Request=Request, Response=Response, seen=seen)
    headers = {
        "Authorization": "Bearer t",
        "Cookie": "session=s1; theme=dark",
        "Content-Type": "multipart/form-data; boundary=b",
    }
    request = Request("POST", "/profile?name=Alice", headers, BODY)

    wire = names["handle_request"](request).serialize()

    assert seen["name"] == "Alice"
    assert seen["auth"] == "Bearer t"
    assert seen["session_id"] == "s1"
    assert seen["email"] == "alice@example.com"
    assert seen["avatar"].filename == "me.png"
    assert seen["avatar"].read() == b"\x89PNG"
    request.close()
    assert wire.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    assert b"\r\nSet-Cookie: new_session=xyz123; " in wire
    assert wire.endswith(b'\r\n\r\n{"status": "ok"}')
