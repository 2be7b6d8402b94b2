"""The test client for plain tests: real HTTP to an application in memory, without a port."""

import threading
import weakref
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self, Unpack

from groundup_asyncserver import ServerConfig
from groundup_httpparse import Headers
from groundup_testing.answer import Answer, Head, Reply
from groundup_testing.browser import Browser, Settings
from groundup_testing.cookies import CookieJar
from groundup_testing.engine import Engine
from groundup_testing.errors import ClosedError
from groundup_testing.loops import LoopThread
from groundup_testing.outgoing import Options
from groundup_testing.websocket import ClientWebSocket, SocketOptions, open_websocket

__all__ = ["StreamingAnswer", "TestClient"]


class Runner:
    """The client's life: a loop, and the application in it, from the first request to the end."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._thread: LoopThread | None = None
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def start(self) -> tuple[LoopThread, Engine]:
        """Start the application, if that has not been done.

        Raises:
            Exception: Whatever its start raises.
        """
        with self._lock:
            if self._thread is None or self._engine is None:
                engine = Engine(self._app, self._settings.config, self._settings.client)
                thread = LoopThread("groundup-testing-client")
                try:
                    thread.run(engine.start())
                except BaseException:
                    thread.close(engine.stop())
                    raise
                self._thread, self._engine = thread, engine
            return self._thread, self._engine

    def stop(self) -> None:
        """Shut the application down and end the loop.  A second call does nothing."""
        thread, engine = self._thread, self._engine
        self._thread = self._engine = None
        if thread is not None and engine is not None:
            thread.close(engine.stop())


class TestClient:
    """Sends requests to an application as a browser would, in memory.

    >>> from groundup_messages import Response
    >>> def hello(request):
    ...     return Response(200, f"Hello, {request.query.get('name', 'world')}!")
    >>> with TestClient(hello) as client:
    ...     answer = client.get("/", params={"name": "Ada"})
    >>> answer.status, answer.text
    (200, 'Hello, Ada!')

    The application is started by ``with``, or by the first request, and shut down by ``close``, the
    end of the block, or at the latest when the client is collected.  It runs in a loop of its own,
    in a thread of its own; threads may share a client as they may share a browser: cookies are
    common, requests are not.

    Args:
        app: A handler (a function of a request, plain or async), or an ASGI 3 application.
        base_url: What paths are joined to; with ``https`` the application believes in TLS.
        headers: Sent with every request.
        follow_redirects: Whether redirects within the site are followed.
        raise_server_exceptions: Whether an error of a handler is raised here in place of its 500;
            without it, it is in ``answer.error``.
        client: The address that the application sees.
        timeout: Seconds for an answer; None for as long as it takes.
        cookies: What the jar holds at the start.
        config: Limits and time-outs of the server.
    """

    __test__ = False  # so that pytest does not take it for a class of tests

    def __init__(  # noqa: PLR0913 - one for each thing that a client can be told
        self,
        app: Any,
        *,
        base_url: str = "http://testserver",
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]] = (),
        follow_redirects: bool = True,
        raise_server_exceptions: bool = False,
        client: tuple[str, int] = ("testclient", 50000),
        timeout: float | None = 30.0,
        cookies: Mapping[str, str] | None = None,
        config: ServerConfig | None = None,
    ) -> None:
        self.app = app
        self._settings = Settings(
            base_url,
            headers,
            follow_redirects=follow_redirects,
            raise_server_exceptions=raise_server_exceptions,
            client=client,
            timeout=timeout,
            config=config,
        )
        self.cookies = CookieJar.of(base_url, cookies)
        """The cookies that the client keeps."""
        self._runner = Runner(app, self._settings)
        self._finalizer = weakref.finalize(self, self._runner.stop)

    @property
    def headers(self) -> Headers:
        """What is sent with every request; change it at will."""
        return self._settings.headers

    @property
    def base_url(self) -> str:
        """What paths are joined to."""
        return self._settings.base_url

    def __enter__(self) -> Self:
        self._runner.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Shut the application down; the next request would start it anew."""
        self._runner.stop()

    def _browse(self) -> tuple[LoopThread, Browser]:
        thread, engine = self._runner.start()
        return thread, Browser(engine, self._settings, self.cookies)

    def request(self, method: str, url: str, **options: Unpack[Options]) -> Answer:
        """Send a request and return the answer; `Options` are the keywords.

        Raises:
            AnswerTimeoutError: The answer did not come in time.
            AnswerError: What came is no answer, or breaks off.
        """
        thread, browser = self._browse()
        return thread.run(browser.fetch(method, url, **options))

    def get(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a GET request."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a HEAD request."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send an OPTIONS request."""
        return self.request("OPTIONS", url, **options)

    def post(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a POST request."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PUT request."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PATCH request."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a DELETE request."""
        return self.request("DELETE", url, **options)

    @contextmanager
    def stream(
        self, method: str, url: str, **options: Unpack[Options]
    ) -> "Generator[StreamingAnswer, None, None]":
        """Send a request, and give its answer while it comes; the time-out is for each piece."""
        thread, browser = self._browse()
        reply = thread.run(browser.open(method, url, **options))
        timeout = options.get("timeout", self._settings.timeout)
        try:
            yield StreamingAnswer(thread, reply, timeout)
        finally:
            with suppress(ClosedError):
                thread.run(reply.close())

    @contextmanager
    def websocket(
        self, url: str, **options: Unpack[SocketOptions]
    ) -> "Generator[ClientWebSocket, None, None]":
        """Open a WebSocket for the length of a block; `SocketOptions` are the keywords.

        Raises:
            RefusedError: The application answered with something else.
        """
        thread, browser = self._browse()
        timeout = options.get("timeout", self._settings.timeout)
        with thread.enter(open_websocket(browser, url, options)) as ws:
            yield ClientWebSocket(thread, ws, timeout)


class StreamingAnswer(Head):
    """An answer on its way, for plain code: iterate over it to get its pieces."""

    def __init__(self, thread: LoopThread, reply: Reply, timeout: float | None) -> None:
        super().__init__(reply.head, reply.url, method=reply.method, error=reply.error)
        self._thread = thread
        self._reply = reply
        self._timeout = timeout

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._thread.run(self._reply.read_piece(self._timeout)):
            yield piece

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of a text in UTF-8, without their ends, as they come."""
        rest = b""
        for piece in self:
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line.removesuffix(b"\r").decode() for line in lines)
        if rest:
            yield rest.decode()

    def read(self) -> bytes:
        """Return all that has not been read."""
        return b"".join(self)
