"""groundup_sessions.middleware: a session for every request, a cookie for those who need one."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundup_sessions import (
    ConfigurationError,
    SessionBackendError,
    SessionManager,
    SessionStore,
    SessionTooLarge,
    session_middleware,
)


@dataclass
class Request:
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    is_secure: bool = False
    session: Any = None


class Response:
    """As much of a response as the layer uses."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.headers: dict[str, str] = {}
        self.cookies: dict[str, str | None] = {}
        self.attributes: dict[str, Any] = {}

    def set_cookie(self, name: str, value: str, /, **attributes: Any) -> None:
        """Remember."""
        self.cookies[name] = value
        self.attributes = attributes

    def delete_cookie(self, name: str, /, **attributes: Any) -> None:
        """Remember."""
        self.cookies[name] = None
        self.attributes = attributes


class Browser:
    """Sends requests with the cookies that it has, and keeps those that it gets."""

    def __init__(self, sessions: SessionManager, **arguments: Any) -> None:
        self.layer = session_middleware(sessions, **arguments)
        self.cookies: dict[str, str] = {}

    async def visit(
        self, act: Callable[[Any], object] = lambda session: None, status: int = 200
    ) -> Response:
        request = Request(dict(self.cookies))

        async def handler() -> Response:
            act(request.session)
            return Response(status)

        response: Response = await self.layer(request, handler)
        for name, value in response.cookies.items():
            if value is None:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return response


@pytest.fixture
def browser(sessions: SessionManager) -> Browser:
    return Browser(sessions)


async def test_who_only_looks_gets_no_cookie(browser: Browser) -> None:
    untouched = await browser.visit()
    looked = await browser.visit(lambda session: session.get("user_id"))

    assert untouched.cookies == looked.cookies == {}
    assert untouched.headers == {}, "an answer without a session is for every cache"
    assert looked.headers == {"Vary": "Cookie", "Cache-Control": "private, no-cache"}


async def test_a_value_is_there_in_the_next_request(
    browser: Browser, sessions: SessionManager
) -> None:
    first = await browser.visit(lambda session: session.update(user_id=42))
    seen: list[Any] = []

    second = await browser.visit(lambda session: seen.append(session["user_id"]))

    assert seen == [42]
    assert first.cookies["session"] is not None
    assert first.attributes["httponly"] is True
    assert first.attributes["samesite"] == "Lax"
    assert first.headers["Cache-Control"] == "no-store"
    assert second.cookies == {}, "the browser has it already"


async def test_a_value_changed_in_place_is_kept(browser: Browser, sessions: SessionManager) -> None:
    await browser.visit(lambda session: session.update(cart=[]))

    await browser.visit(lambda session: session["cart"].append("tea"))

    assert sessions.load(browser.cookies["session"]) == {"cart": ["tea"]}


async def test_a_planted_id_is_not_taken(browser: Browser, sessions: SessionManager) -> None:
    browser.cookies["session"] = "x" * 43

    await browser.visit(lambda session: session.update(user_id=42))

    assert browser.cookies["session"] != "x" * 43
    assert not sessions.exists("x" * 43)


async def test_a_log_in_gives_another_id(browser: Browser, sessions: SessionManager) -> None:
    await browser.visit(lambda session: session.update(cart=["tea"]))
    before = browser.cookies["session"]

    def log_in(session: Any) -> None:
        session.rotate()
        session["user_id"] = 42

    await browser.visit(log_in)

    assert browser.cookies["session"] != before
    assert sessions.load(browser.cookies["session"]) == {"cart": ["tea"], "user_id": 42}
    assert not sessions.exists(before)


async def test_a_log_out_takes_the_cookie_and_the_session(
    browser: Browser, sessions: SessionManager
) -> None:
    await browser.visit(lambda session: session.update(user_id=42))
    before = browser.cookies["session"]

    response = await browser.visit(lambda session: session.invalidate())

    assert response.cookies == {"session": None}
    assert not sessions.exists(before)


async def test_a_log_out_with_a_message_gives_another_session(
    browser: Browser, sessions: SessionManager
) -> None:
    await browser.visit(lambda session: session.update(user_id=42))
    before = browser.cookies["session"]

    def log_out(session: Any) -> None:
        session.invalidate()
        session.flash("Bye!")

    await browser.visit(log_out)

    assert browser.cookies["session"] != before
    found = sessions.load(browser.cookies["session"])
    assert found is not None
    assert "user_id" not in found


async def test_a_session_that_was_ended_meanwhile_is_not_brought_back(
    browser: Browser, sessions: SessionManager
) -> None:
    await browser.visit(lambda session: session.update(user_id=42))

    def act(session: Any) -> None:
        session["seen"] = 1
        sessions.expire(browser.cookies["session"])

    response = await browser.visit(act)

    assert response.status == 200
    assert not sessions.exists(browser.cookies["session"])


async def test_requests_at_once_all_keep_what_they_changed(
    browser: Browser, sessions: SessionManager
) -> None:
    await browser.visit(lambda session: session.update(start=1))

    def setter(number: int) -> Callable[[Any], object]:
        return lambda session: session.update({f"value {number}": number})

    await asyncio.gather(*(browser.visit(setter(number)) for number in range(12)))

    found = sessions.load(browser.cookies["session"])
    assert found is not None
    assert len(found) == 13


@pytest.mark.parametrize(("status", "kept"), [(200, True), (303, True), (404, True), (500, False)])
async def test_what_failed_keeps_nothing(
    browser: Browser, sessions: SessionManager, status: int, *, kept: bool
) -> None:
    response = await browser.visit(lambda session: session.update(user_id=42), status)

    assert bool(response.cookies) is kept
    assert response.headers["Vary"] == "Cookie"


async def test_an_error_keeps_nothing_and_goes_on(
    browser: Browser, sessions: SessionManager
) -> None:
    await browser.visit(lambda session: session.update(a=1))

    def fail(session: Any) -> None:
        session["a"] = 2
        raise KeyError

    with pytest.raises(KeyError):
        await browser.visit(fail)

    assert sessions.get(browser.cookies["session"], "a") == 1


async def test_too_much_is_an_error(browser: Browser) -> None:
    with pytest.raises(SessionTooLarge):
        await browser.visit(lambda session: session.update(a="x" * 70_000))


async def test_the_cookie_has_the_name_and_attributes_it_was_given(
    sessions: SessionManager,
) -> None:
    browser = Browser(sessions, cookie="__Host-id", secure=True, samesite="Strict", max_age=3600)

    response = await browser.visit(lambda session: session.update(a=1))

    assert list(response.cookies) == ["__Host-id"]
    assert response.attributes == {
        "max_age": 3600,
        "path": "/",
        "domain": None,
        "secure": True,
        "httponly": True,
        "samesite": "Strict",
    }


def test_attributes_that_cannot_work_are_refused_at_once() -> None:
    with pytest.raises(ConfigurationError):
        session_middleware(SessionManager(), cookie="__Host-session")


class Watched:
    """Wraps a store and remembers on which thread it was asked."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self.threads: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        if name != "blocking":
            self.threads.add(threading.get_ident())
        return getattr(self._store, name)


async def test_a_store_that_blocks_is_asked_in_a_worker_thread(store: SessionStore) -> None:
    watched: Any = Watched(store)
    browser = Browser(SessionManager(watched))

    await browser.visit(lambda session: session.update(a=1))
    await browser.visit(lambda session: session.get("a"))

    assert watched.threads
    assert (threading.get_ident() in watched.threads) is not store.blocking


async def test_without_a_cookie_the_store_is_not_asked() -> None:
    class Unreachable:
        blocking = False

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    store: Any = Unreachable()
    browser = Browser(SessionManager(store))

    await browser.visit(lambda session: session.get("a"))


async def test_a_store_that_is_down_is_an_error_and_not_a_log_out() -> None:
    class Down:
        blocking = False

        def load(self, *args: Any) -> Any:
            """Fail."""
            raise SessionBackendError("down")

    store: Any = Down()
    browser = Browser(SessionManager(store))
    browser.cookies["session"] = "x" * 43

    with pytest.raises(SessionBackendError):
        await browser.visit()


async def test_the_session_can_be_used_on_another_thread(
    browser: Browser, sessions: SessionManager
) -> None:
    def act(session: Any) -> None:
        thread = threading.Thread(target=session.update, kwargs={"a": 1})
        thread.start()
        thread.join()

    await browser.visit(act)

    assert sessions.load(browser.cookies["session"]) == {"a": 1}
