"""groundup_middleware.vary: every name once, in whatever case."""

import pytest

from groundup_middleware import add_vary
from groundup_response import Response


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, "Origin", id="none"),
        pytest.param("", "Origin", id="empty"),
        pytest.param("Cookie", "Cookie, Origin", id="another"),
        pytest.param("cookie ,  origin", "cookie ,  origin", id="there"),
        pytest.param("*", "*", id="everything"),
    ],
)
def test_adds_what_is_missing(before: str | None, after: str) -> None:
    response = Response(200, headers={} if before is None else {"Vary": before})

    add_vary(response, "Origin")

    assert response.headers["Vary"] == after


def test_twice_is_once() -> None:
    response = Response(200)

    add_vary(response, "Origin")
    add_vary(response, "ORIGIN")

    assert response.headers["Vary"] == "Origin"
