"""groundup_sessions.cookie: attributes that a browser keeps, and answers that no cache does."""

from typing import Any

import pytest

from groundup_sessions import ConfigurationError
from groundup_sessions.cookie import Attributes, keep_private


class Response:
    """Records what it is told."""

    status = 200

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.calls: list[tuple[str, str | None, dict[str, Any]]] = []

    def set_cookie(self, name: str, value: str, /, **attributes: Any) -> None:
        """Record."""
        self.calls.append((name, value, attributes))

    def delete_cookie(self, name: str, /, **attributes: Any) -> None:
        """Record."""
        self.calls.append((name, None, attributes))


def test_a_cookie_has_the_safe_attributes() -> None:
    response = Response()

    Attributes("session").set(response, "ID", secure=True)

    attributes = {"path": "/", "domain": None, "httponly": True, "samesite": "Lax"}
    assert response.calls == [("session", "ID", {**attributes, "secure": True, "max_age": None})]
    assert response.headers == {"Cache-Control": "no-store"}


@pytest.mark.parametrize(
    ("setting", "request_is", "cookie_is"),
    [("auto", True, True), ("auto", False, False), (True, False, True), (False, True, False)],
)
def test_secure_follows_the_request_or_the_setting(
    setting: Any, *, request_is: bool, cookie_is: bool
) -> None:
    attributes = Attributes("session", setting)

    assert attributes.list_for(secure=request_is)["secure"] is cookie_is


def test_a_cookie_is_taken_back_with_the_attributes_it_was_given_with() -> None:
    response = Response(Cache_Control="public")

    Attributes("session", path="/app", domain="example.com").delete(response, secure=True)

    ((name, value, attributes),) = response.calls
    assert (name, value) == ("session", None)
    assert (attributes["path"], attributes["domain"]) == ("/app", "example.com")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"secure": "yes"}, "secure must be 'auto', True or False"),
        ({"samesite": "Sometimes"}, "samesite must be Lax, Strict or None"),
        ({"samesite": "None"}, "must have secure=True"),
        ({"name": "__Host-session"}, "must have secure=True"),
        ({"name": "__Secure-session", "secure": False}, "must have secure=True"),
        ({"name": "__Host-session", "secure": True, "path": "/app"}, "path='/' and no domain"),
        ({"name": "__Host-session", "secure": True, "domain": "x.example"}, "no domain"),
        ({"max_age": 0}, "max_age must be at least 1"),
    ],
)
def test_what_a_browser_would_not_keep_is_refused(arguments: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"name": "session", **arguments}

    with pytest.raises(ConfigurationError, match=message):
        Attributes(**given)


def test_the_safest_cookie_is_accepted() -> None:
    assert Attributes("__Host-session", secure=True).samesite == "Lax"
    assert Attributes("x", secure=True, samesite="none").list_for(secure=True)["samesite"] == "None"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "Cookie"),
        ("", "Cookie"),
        ("Accept", "Accept, Cookie"),
        ("cookie", "cookie"),
        ("Accept,COOKIE", "Accept,COOKIE"),
        ("*", "*"),
    ],
)
def test_the_answer_varies_by_cookie(before: str | None, after: str) -> None:
    response = Response(**({} if before is None else {"Vary": before}))

    keep_private(response)

    assert response.headers["Vary"] == after


def test_caches_are_kept_off_unless_the_handler_said_more() -> None:
    plain, told = Response(), Response(Cache_Control="no-store")

    keep_private(plain)
    keep_private(told)

    assert plain.headers["Cache-Control"] == "private, no-cache"
    assert told.headers["Cache-Control"] == "no-store"
