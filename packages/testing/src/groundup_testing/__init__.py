"""A test client that speaks real HTTP in memory, a test runner, and a pytest plugin.

errors, transport, reply, connection             bytes, in memory, from the client's side
applications, engine                             the real server around what is tested
cookies, multipart, outgoing                     what a browser puts into a request
answer, browser, loops, client, live             the clients, and a server on a real port
"""

from groundup_testing.answer import Answer
from groundup_testing.client import StreamingAnswer, TestClient
from groundup_testing.cookies import Cookie, CookieJar
from groundup_testing.errors import (
    AnswerError,
    AnswerTimeoutError,
    ClosedError,
    RedirectError,
    TestingError,
)
from groundup_testing.live import LiveServer, live_server

__all__ = [
    "Answer",
    "AnswerError",
    "AnswerTimeoutError",
    "ClosedError",
    "Cookie",
    "CookieJar",
    "LiveServer",
    "RedirectError",
    "StreamingAnswer",
    "TestClient",
    "TestingError",
    "live_server",
]
