"""A test client that speaks real HTTP in memory, a test runner, and a pytest plugin.

errors, transport, reply, connection             bytes, in memory, from the client's side
applications, engine                             the real server around what is tested
cookies, multipart, outgoing                     what a browser puts into a request
pages, answer, browser, websocket                what comes back, requests and messages
loops, client, asyncclient, live                 the clients, and a server on a real port
asserts                                          assertions about answers
marks, mocks, patching                           what test files say
rewrite, cases, fixtures, given, discovery       how they are read
running, keywords, coverage, report, standin     how they are run
plugin                                           the same for pytest

Names are imported when they are asked for.  Pytest loads the plugin, and so this page, in every
run; whatever was imported with it would be missing from a measurement of coverage.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundup_testing.answer import Answer
    from groundup_testing.asserts import (
        assert_header,
        assert_json,
        assert_redirects,
        assert_status,
    )
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
    from groundup_testing.marks import fail, fixture, mark, parametrize, raises, skip
    from groundup_testing.mocks import AsyncMock, Mock
    from groundup_testing.pages import Element
    from groundup_testing.patching import patch
    from groundup_testing.websocket import ClientWebSocket, RefusedError

__all__ = [
    "Answer",
    "AnswerError",
    "AnswerTimeoutError",
    "AsyncMock",
    "AsyncTestClient",
    "ClientWebSocket",
    "ClosedError",
    "Cookie",
    "CookieJar",
    "Element",
    "LiveServer",
    "Mock",
    "RedirectError",
    "RefusedError",
    "StreamingAnswer",
    "TestClient",
    "TestingError",
    "assert_header",
    "assert_json",
    "assert_redirects",
    "assert_status",
    "fail",
    "fixture",
    "live_server",
    "mark",
    "parametrize",
    "patch",
    "raises",
    "skip",
]

if not TYPE_CHECKING:
    PLACES = {
        "answer": ("Answer",),
        "asserts": ("assert_header", "assert_json", "assert_redirects", "assert_status"),
        "asyncclient": ("AsyncTestClient",),
        "client": ("StreamingAnswer", "TestClient"),
        "cookies": ("Cookie", "CookieJar"),
        "errors": (
            *("AnswerError", "AnswerTimeoutError", "ClosedError", "RedirectError"),
            "TestingError",
        ),
        "live": ("LiveServer", "live_server"),
        "marks": ("fail", "fixture", "mark", "parametrize", "raises", "skip"),
        "mocks": ("AsyncMock", "Mock"),
        "pages": ("Element",),
        "patching": ("patch",),
        "websocket": ("ClientWebSocket", "RefusedError"),
    }
    MODULES = {name: module for module, names in PLACES.items() for name in names}

    def __getattr__(name):  # noqa: ANN001, ANN202 - the imports above tell the types
        """Import a name from its module."""
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():  # noqa: ANN202 - as above
        """Return all names, also of what was not asked for yet."""
        return sorted({*globals(), *__all__})
