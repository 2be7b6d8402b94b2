"""groundup_sessions.places: the layers say where they belong."""

from typing import Any

from groundup_sessions import SessionManager, csrf_middleware, session_middleware


def order_of(layer: Any) -> dict[str, Any]:
    order: dict[str, Any] = layer.__groundup_order__
    return order


def test_sessions_must_be_outside_of_the_guard_that_needs_them() -> None:
    sessions, guard = session_middleware(SessionManager()), csrf_middleware()

    assert order_of(sessions)["name"] in order_of(guard)["requires"]
    assert order_of(guard)["name"] == "csrf"
