"""groundup_auth.middleware: who is asking, and whose page sent it."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from groundup_auth import (
    AuthenticationSystem,
    TokenError,
    Unauthenticated,
    User,
    authentication_middleware,
    login_required,
    require_user,
)
from groundup_auth.middleware import find_token, is_same_site

HOST = {"Host": "site.example"}


class Fields(dict[str, str]):
    """Header fields that are found in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


@dataclass
class Request:
    method: str = "GET"
    headers: Fields = field(default_factory=Fields)
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    user: Any = "nobody asked"


def request(method: str = "GET", headers: dict[str, str] | None = None, **cookies: str) -> Request:
    return Request(method, Fields(headers or {}), cookies)


async def handler() -> str:
    return "answer"


class Known:
    """Knows one token."""

    def verify_token(self, token: str, /) -> int | None:
        """Return 42 for the token that is known."""
        return 42 if token == "good" else None


@pytest.mark.parametrize(
    ("value", "user"),
    [
        ("Bearer good", 42),
        ("bearer good", 42),
        ("BEARER   good  ", 42),
        ("Bearer bad", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearer good good", None),
        ("Basic good", None),
        ("good", None),
        ("", None),
    ],
)
async def test_a_token_is_found_in_the_field(value: str, user: int | None) -> None:
    asked = request(headers={"authorization": value})

    answer = await authentication_middleware(Known())(asked, handler)

    assert answer == "answer", "the layer never refuses"
    assert asked.user == (None if user is None else User(42, email=""))


async def test_a_system_gives_the_whole_user(auth: AuthenticationSystem) -> None:
    user_id = auth.register("alice@example.com", "SecurePass123!", "alice")
    token = auth.login("alice", "SecurePass123!")
    asked = request(headers={"Authorization": f"Bearer {token}"})

    await authentication_middleware(auth)(asked, handler)

    assert asked.user == User(user_id, "alice@example.com", "alice")
    auth.logout(token)
    await authentication_middleware(auth)(asked, handler)
    assert asked.user is None


async def test_cookies_count_only_when_one_is_named() -> None:
    asked = request(token="good")

    await authentication_middleware(Known())(asked, handler)
    assert asked.user is None
    await authentication_middleware(Known(), cookie="token")(asked, handler)
    assert asked.user is not None
    asked = request(other="good")
    await authentication_middleware(Known(), cookie="token")(asked, handler)
    assert asked.user is None


async def test_the_field_goes_before_the_cookie() -> None:
    asked = request(headers={"Authorization": "Bearer bad"}, token="good")

    await authentication_middleware(Known(), cookie="token")(asked, handler)

    assert asked.user is None


async def test_a_store_that_blocks_does_not_stop_the_loop() -> None:
    loop = asyncio.get_running_loop()
    went_on = asyncio.Event()

    class Slow:
        def verify_token(self, token: str, /) -> int | None:
            """Wait until the loop did something else."""
            asyncio.run_coroutine_threadsafe(went_on.wait(), loop).result(30)
            return 1

    asked = request(headers={"Authorization": "Bearer x"})
    loop.call_soon(went_on.set)

    await authentication_middleware(Slow())(asked, handler)

    assert asked.user is not None


@pytest.mark.parametrize(
    ("method", "headers", "counts"),
    [
        pytest.param("GET", {}, True, id="get"),
        pytest.param("GET", {"Sec-Fetch-Site": "cross-site"}, True, id="get-link-elsewhere"),
        pytest.param("POST", {}, True, id="program"),
        pytest.param("POST", {"Sec-Fetch-Site": "same-origin"}, True, id="own-page"),
        pytest.param("POST", {"Sec-Fetch-Site": "none"}, True, id="typed"),
        pytest.param("POST", {"Sec-Fetch-Site": "same-site"}, False, id="subdomain"),
        pytest.param("POST", {"Sec-Fetch-Site": "cross-site"}, False, id="other-site"),
        pytest.param("POST", {"Sec-Fetch-Site": "?"}, False, id="nonsense"),
        pytest.param("DELETE", {"Sec-Fetch-Site": "cross-site"}, False, id="delete"),
        pytest.param("get", {"Sec-Fetch-Site": "cross-site"}, False, id="case-of-method"),
        pytest.param("POST", {"Origin": "https://site.example"}, True, id="origin"),
        pytest.param("POST", {"Origin": "https://SITE.example"}, True, id="origin-case"),
        pytest.param("POST", {"Origin": "https://evil.example"}, False, id="origin-other"),
        pytest.param("POST", {"Origin": "https://site.example.evil"}, False, id="origin-longer"),
        pytest.param("POST", {"Origin": "https://site.example:8443"}, False, id="origin-port"),
        pytest.param("POST", {"Origin": "null"}, False, id="origin-null"),
        pytest.param("POST", {"Origin": "null", "Host": ""}, False, id="null-and-no-host"),
        pytest.param("POST", {"Origin": "https://[::1"}, False, id="origin-broken"),
        pytest.param("GET", {"Upgrade": "websocket"}, True, id="socket-program"),
        pytest.param(
            "GET",
            {"Upgrade": "websocket", "Origin": "https://site.example"},
            True,
            id="socket-own-page",
        ),
        pytest.param(
            "GET",
            {"Upgrade": "websocket", "Origin": "https://evil.example"},
            False,
            id="socket-other-site",
        ),
        pytest.param(
            "GET",
            {"Upgrade": "websocket", "Sec-Fetch-Site": "cross-site"},
            False,
            id="socket-cross-site",
        ),
    ],
)
def test_a_cookie_counts_for_pages_of_this_site(
    method: str, headers: dict[str, str], *, counts: bool
) -> None:
    asked = request(method, {**HOST, **headers}, token="good")

    assert is_same_site(asked) is counts
    assert find_token(asked, "token") == ("good" if counts else None)


def test_a_token_in_the_field_counts_from_everywhere() -> None:
    headers = {"Authorization": "Bearer good", "Sec-Fetch-Site": "cross-site"}

    assert find_token(request("POST", headers), "token") == "good"


async def test_require_user_lets_users_through_only() -> None:
    asked = request()
    asked.user = User(1, "alice@example.com")
    assert await require_user(asked, handler) == "answer"

    asked.user = None
    with pytest.raises(Unauthenticated) as caught:
        await require_user(asked, handler)
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}

    asked.headers["Authorization"] = "Bearer bad"
    with pytest.raises(TokenError) as refused:
        await require_user(asked, handler)
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@login_required
def plain(request: Request, greeting: str = "Hello") -> str:
    """Greet."""
    return f"{greeting} {request.user}"


@login_required
async def coroutine(request: Request) -> str:
    """Greet later."""
    return f"Hello {request.user}"


class View:
    @login_required
    def get(self, request: Request) -> str:
        """Greet from an object."""
        return f"Hello {request.user}"


async def test_login_required_guards_functions_coroutines_and_methods() -> None:
    asked = request()
    asked.user = "Alice"

    assert plain(asked) == "Hello Alice"
    assert plain(request=asked, greeting="Bye") == "Bye Alice"
    assert await coroutine(asked) == "Hello Alice"
    assert View().get(asked) == "Hello Alice"
    asked.user = None
    calls: list[Callable[[], Any]] = [lambda: plain(asked), lambda: View().get(asked)]
    for call in calls:
        with pytest.raises(Unauthenticated, match="log in first"):
            call()
    with pytest.raises(Unauthenticated):
        await coroutine(asked)


def test_login_required_keeps_the_name_and_the_colour() -> None:
    assert plain.__name__ == "plain"
    assert plain.__doc__ == "Greet."
    assert inspect.iscoroutinefunction(coroutine)
    assert not inspect.iscoroutinefunction(plain)


def test_login_required_needs_a_request() -> None:
    with pytest.raises(TypeError, match="must be called with a request"):
        plain("not a request")  # type: ignore[arg-type]  # what an untyped caller does
