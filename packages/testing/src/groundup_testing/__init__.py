"""A test client that speaks real HTTP in memory, a test runner, and a pytest plugin.

errors, transport, reply, connection             bytes, in memory, from the client's side
applications, engine                             the real server around what is tested
cookies, multipart, outgoing                     what a browser puts into a request
answer, browser, websocket                       what comes back, requests and messages
loops, client, asyncclient, live                 the clients, and a server on a real port
"""

from groundup_testing.answer import Answer
from groundup_testing.asyncclient import AsyncTestClient
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
from groundup_testing.websocket import ClientWebSocket, RefusedError

__all__ = [
    "Answer",
    "AnswerError",
    "AnswerTimeoutError",
    "AsyncTestClient",
    "ClientWebSocket",
    "ClosedError",
    "Cookie",
    "CookieJar",
    "LiveServer",
    "RedirectError",
    "RefusedError",
    "StreamingAnswer",
    "TestClient",
    "TestingError",
    "live_server",
]
