"""What a browser does around each request: base address, usual fields, cookies, redirects.

Both clients, the plain and the async one, are thin faces of this page.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Unpack
from urllib.parse import urljoin

from groundup_asyncserver import ServerConfig
from groundup_httpparse import Headers, is_token
from groundup_testing.answer import Answer, Reply
from groundup_testing.cookies import CookieJar
from groundup_testing.engine import Engine, Line
from groundup_testing.errors import AnswerError, AnswerTimeoutError, RedirectError
from groundup_testing.outgoing import Options, Outgoing, Place, find_place, prepare

__all__ = ["Browser", "Settings"]

MAX_REDIRECTS = 20
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REWRITING = frozenset({301, 302})
SEE_OTHER = 303
SERVER_ERROR = 500
USUAL = [("User-Agent", "groundup-testing"), ("Accept", "*/*")]


class Settings:
    """What a client is told when it is made."""

    def __init__(
        self,
        base_url: str = "http://testserver",
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]] = (),
        *,
        follow_redirects: bool = True,
        raise_server_exceptions: bool = False,
        client: tuple[str, int] = ("testclient", 50000),
        timeout: float | None = 30.0,
        config: ServerConfig | None = None,
    ) -> None:
        find_place(base_url, "/")
        self.base_url = base_url
        self.headers = Headers(USUAL)
        for name, value in Headers(headers).multi_items():
            self.headers[name] = value
        self.follow_redirects = follow_redirects
        self.raise_server_exceptions = raise_server_exceptions
        self.client = client
        self.timeout = timeout
        self.config = config or ServerConfig(grace=5.0)


class Browser:
    """Sends requests with cookies, and follows redirects.  Belongs to one event loop."""

    def __init__(self, engine: Engine, settings: Settings, cookies: CookieJar) -> None:
        self.engine = engine
        self.settings = settings
        self.cookies = cookies

    async def fetch(self, method: str, url: str, **options: Unpack[Options]) -> Answer:
        """Return the whole answer.

        Raises:
            AnswerTimeoutError: It did not come in time.
            AnswerError: What came is no answer.
            RedirectError: Redirects do not end.
        """
        seconds = options.get("timeout", self.settings.timeout)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                history, reply = await self._follow(method, url, options)
                try:
                    body = await reply.read()
                finally:
                    await reply.close()
        except TimeoutError as error:
            raise AnswerTimeoutError(
                f"{method} {url[:80]} must be answered in {seconds} seconds: pass timeout= for more"
            ) from error
        answer = Answer(
            reply.head,
            body,
            reply.url,
            method=reply.method,
            error=reply.error,
            history=history,
            elapsed=time.perf_counter() - started,
        )
        self._raise_for(answer)
        return answer

    async def open(self, method: str, url: str, **options: Unpack[Options]) -> Reply:
        """Return an answer whose body is on its way."""
        seconds = options.get("timeout", self.settings.timeout)
        try:
            async with asyncio.timeout(seconds):
                return (await self._follow(method, url, options))[1]
        except TimeoutError as error:
            raise AnswerTimeoutError(
                f"the head of {method} {url[:80]} must come in {seconds} seconds"
            ) from error

    async def ask(self, method: str, url: str, options: Options) -> Reply:
        """Return the first answer, whatever it is, without a limit of time."""
        return (await self._follow(method, url, options))[1]

    # -- steps --------------------------------------------------------------------------------

    async def _follow(self, method: str, url: str, options: Options) -> tuple[list[Answer], Reply]:
        follow = options.get("follow_redirects", self.settings.follow_redirects)
        request = self._prepare(method, url, options)
        explicit = dict(options.get("cookies") or {})
        history: list[Answer] = []
        while True:
            reply = await self._send(request, explicit)
            following = find_redirect(request, reply) if follow else None
            if following is None:
                return history, reply
            body = await reply.read()
            history.append(Answer(reply.head, body, reply.url, method=reply.method))
            if len(history) > MAX_REDIRECTS:
                raise RedirectError(
                    f"redirects must end after {MAX_REDIRECTS}, got one to {following.place.url}"
                )
            request = following

    def _prepare(self, method: str, url: str, options: Options) -> Outgoing:
        if not is_token(method):
            raise ValueError(f"method must be a token, got {method[:40]!r}")
        place = find_place(self.settings.base_url, url, options.get("params"))
        return prepare(method, place, self.settings.headers, options)

    def cookies_for(self, request: Outgoing, explicit: Mapping[str, str]) -> str:
        """Return the ``Cookie`` value: those of the jar, and those of this request before them."""
        if "Cookie" in request.headers:
            return ""
        place = request.place
        own = "; ".join(f"{name}={value}" for name, value in explicit.items())
        kept = self.cookies.header(place.host, place.path, secure=place.secure)
        others = [pair for pair in kept.split("; ") if pair.partition("=")[0] not in explicit]
        return "; ".join(filter(None, [own, *others]))

    def keep_cookies(self, place: Place, headers: Headers) -> None:
        """Store what an answer sets."""
        for line in headers.getlist("Set-Cookie"):
            self.cookies.store(line, host=place.host, path=place.path, secure=place.secure)

    async def _send(self, request: Outgoing, explicit: Mapping[str, str]) -> Reply:
        place = request.place
        line = self.engine.open(place.scheme, place.host, place.port)
        try:
            line.connection.send(
                request.method,
                request.format_head(self.cookies_for(request, explicit)),
                request.body,
                expects_continue=request.headers.get("Expect", "").lower() == "100-continue",
            )
            head = await line.connection.read_head()
        except BaseException as error:
            await self._give_up(line)
            if isinstance(error, AnswerError) and line.failure:
                raise error from line.failure
            raise
        self.keep_cookies(place, head.headers)
        return Reply(self.engine, line, head, place.url, request.method)

    async def _give_up(self, line: Line) -> None:
        await line.connection.close()
        await self.engine.release(line)

    def _raise_for(self, answer: Answer) -> None:
        raising = self.settings.raise_server_exceptions and answer.status >= SERVER_ERROR
        if raising and answer.error is not None:
            raise answer.error


def find_redirect(request: Outgoing, reply: Reply) -> Outgoing | None:
    """Return the request that an answer asks for: RFC 9110, section 15.4.

    A redirect to another site is none: that is not the application under test.

    Raises:
        RedirectError: The body cannot be sent once more, or the address is none.
    """
    location = reply.headers.get("Location")
    if reply.status not in REDIRECTS or location is None:
        return None
    try:
        place = find_place(reply.url, urljoin(reply.url, location))
    except ValueError:
        raise RedirectError(f"Location must be a URL, got {location[:80]!r}") from None
    if not is_same_site(request.place.host, place.host):
        return None
    method = request.method
    if (reply.status == SEE_OTHER and method != "HEAD") or (
        reply.status in REWRITING and method == "POST"
    ):
        method = "GET"
    if method == request.method and not request.can_repeat:
        raise RedirectError(f"a body that is sent in pieces cannot be sent again to {place.url}")
    return request.moved(method, place)


def is_same_site(one: str, other: str) -> bool:
    """Whether two hosts are one, or one is below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
