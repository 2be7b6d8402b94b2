"""The test client for async tests: the application runs in the loop of the test.

So a test and its application can share what belongs to a loop: a pool, a queue, an event.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, Unpack

from groundup_asyncserver import ServerConfig
from groundup_httpparse import Headers
from groundup_testing.answer import Answer, Reply
from groundup_testing.browser import Browser, Settings
from groundup_testing.cookies import CookieJar
from groundup_testing.engine import Engine
from groundup_testing.outgoing import Options
from groundup_testing.websocket import SocketOptions, open_websocket
from groundup_websockets import WebSocket

__all__ = ["AsyncTestClient"]


class AsyncTestClient:
    """Sends requests to an application in memory, in the running loop.

    >>> import asyncio
    >>> from groundup_messages import Response
    >>> async def hello(request):
    ...     return Response(200, "Hello!")
    >>> async def test():
    ...     async with AsyncTestClient(hello) as client:
    ...         return (await client.get("/")).text
    >>> asyncio.run(test())
    'Hello!'

    Belongs to one event loop; its tasks may send requests at the same time.  The application is
    started by ``async with``, or by the first request, and shut down by ``aclose``.

    Args:
        app, base_url, headers, follow_redirects, raise_server_exceptions, client, timeout, cookies,
        config: As for `TestClient`.
    """

    __test__ = False

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
        self._engine: Engine | None = None

    @property
    def headers(self) -> Headers:
        """What is sent with every request; change it at will."""
        return self._settings.headers

    @property
    def base_url(self) -> str:
        """What paths are joined to."""
        return self._settings.base_url

    async def __aenter__(self) -> Self:
        await self._browse()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Shut the application down; the next request would start it anew."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()

    async def _browse(self) -> Browser:
        if self._engine is None:
            settings = self._settings
            self._engine = Engine(self.app, settings.config, settings.client)
        await self._engine.start()
        return Browser(self._engine, self._settings, self.cookies)

    async def request(self, method: str, url: str, **options: Unpack[Options]) -> Answer:
        """Send a request and return the answer; `Options` are the keywords.

        Raises:
            AnswerTimeoutError: The answer did not come in time.
            AnswerError: What came is no answer, or breaks off.
        """
        return await (await self._browse()).fetch(method, url, **options)

    async def get(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a GET request."""
        return await self.request("GET", url, **options)

    async def head(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a HEAD request."""
        return await self.request("HEAD", url, **options)

    async def options(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send an OPTIONS request."""
        return await self.request("OPTIONS", url, **options)

    async def post(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a POST request."""
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PUT request."""
        return await self.request("PUT", url, **options)

    async def patch(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a PATCH request."""
        return await self.request("PATCH", url, **options)

    async def delete(self, url: str, **options: Unpack[Options]) -> Answer:
        """Send a DELETE request."""
        return await self.request("DELETE", url, **options)

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, **options: Unpack[Options]
    ) -> AsyncGenerator[Reply, None]:
        """Send a request, and give its answer while it comes: ``async for piece in answer``."""
        reply = await (await self._browse()).open(method, url, **options)
        try:
            yield reply
        finally:
            await reply.close()

    @asynccontextmanager
    async def websocket(
        self, url: str, **options: Unpack[SocketOptions]
    ) -> AsyncGenerator[WebSocket, None]:
        """Open a WebSocket for the length of a block; `SocketOptions` are the keywords.

        Raises:
            RefusedError: The application answered with something else.
        """
        async with open_websocket(await self._browse(), url, options) as ws:
            yield ws
