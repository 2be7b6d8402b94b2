"""groundup_compose.order: what must stand outside of what, through all layers of layers."""

import re
from typing import Any

import pytest

from groundup_compose import (
    OrderError,
    authenticate,
    check_order,
    circuit_breaker,
    cors,
    if_method,
    ordered,
    parallel,
    proxy_headers,
    rate_limit,
    stack,
    trusted_hosts,
    when,
)
from groundup_middleware import Layer, Pipeline, compression, log_requests


def make(name: str, **wishes: Any) -> Layer:
    """Return a layer with a name of its own."""

    async def layer(request: Any, next: Any) -> Any:
        return await next()

    return ordered(layer, name, **wishes)


SESSIONS = make("sessions")
OTHER = make("other")


def problems(*layers: Layer) -> list[str]:
    """Return the lines of the error, with the places cut off."""
    try:
        check_order(layers)
    except OrderError as error:
        return [re.split(r" ?\(", line)[0] for line in str(error).splitlines()]
    return []


@pytest.mark.parametrize(
    ("wishes", "layers", "count"),
    [
        pytest.param({"requires": "sessions"}, [SESSIONS, "me"], 0, id="required-outside"),
        pytest.param({"requires": "sessions"}, ["me", SESSIONS], 1, id="required-inside"),
        pytest.param({"requires": "sessions"}, [OTHER, "me"], 1, id="required-missing"),
        pytest.param({"after": ["sessions"]}, [SESSIONS, "me"], 0, id="after-outside"),
        pytest.param({"after": ["sessions"]}, ["me", SESSIONS], 1, id="after-inside"),
        pytest.param({"after": ["sessions"]}, ["me"], 0, id="after-missing"),
        pytest.param({"before": ["sessions"]}, ["me", SESSIONS], 0, id="before-inside"),
        pytest.param({"before": ["sessions"]}, [SESSIONS, "me"], 1, id="before-outside"),
        pytest.param({"before": ["sessions"]}, ["me"], 0, id="before-missing"),
        pytest.param(
            {"requires": "sessions"}, [SESSIONS, "me", SESSIONS], 0, id="one-outside-is-enough"
        ),
        pytest.param({"before": "sessions"}, [SESSIONS, "me", SESSIONS], 1, id="all-inside"),
        pytest.param(
            {"requires": ("sessions", "other"), "before": "sessions"},
            [SESSIONS, "me", OTHER],
            2,
            id="several",
        ),
    ],
)
def test_each_wish_is_checked(wishes: dict[str, Any], layers: list[Any], count: int) -> None:
    me = make("me", **wishes)

    found = problems(*[me if layer == "me" else layer for layer in layers])

    assert len(found) == count


def test_the_message_names_both_layers_and_their_places() -> None:
    csrf = make("csrf", requires="sessions")

    with pytest.raises(
        OrderError, match=r"csrf \(.*test_order\.py:\d+\) must stand inside of sessions \(.*:\d+\)"
    ):
        check_order(Pipeline([csrf, SESSIONS]))
    with pytest.raises(OrderError, match="requires 'sessions', and there is none"):
        check_order(Pipeline([csrf]))


CSRF = make("csrf", requires="sessions")


@pytest.mark.parametrize(
    ("layers", "fine"),
    [
        pytest.param([stack(SESSIONS, CSRF)], True, id="in-a-stack"),
        pytest.param([stack(CSRF, SESSIONS)], False, id="in-a-stack-wrong"),
        pytest.param([stack(OTHER, SESSIONS), CSRF], True, id="below-a-stack"),
        pytest.param([CSRF, stack(OTHER, SESSIONS)], False, id="above-a-stack"),
        pytest.param([SESSIONS, if_method("POST", CSRF)], True, id="in-a-condition"),
        pytest.param([if_method("POST", CSRF), SESSIONS], False, id="in-a-condition-wrong"),
        pytest.param([parallel(SESSIONS, CSRF)], False, id="beside"),
        pytest.param([parallel(SESSIONS, OTHER), CSRF], True, id="below-a-parallel"),
        pytest.param([parallel(OTHER, stack(SESSIONS, CSRF))], True, id="stack-in-a-parallel"),
        pytest.param([parallel(stack(OTHER, SESSIONS), CSRF)], False, id="deeper-but-beside"),
        pytest.param([parallel(stack(OTHER, CSRF), SESSIONS)], False, id="beside-but-deeper"),
        pytest.param([parallel(OTHER), parallel(SESSIONS), CSRF], True, id="below-two-forks"),
        pytest.param([when(bool, SESSIONS, CSRF)], False, id="either-or"),
    ],
)
def test_layers_of_layers_are_looked_into(layers: list[Layer], fine: bool) -> None:
    assert (problems(*layers) == []) is fine


def test_layers_are_found_by_function_and_by_factory() -> None:
    async def log(request: Any, next: Any) -> Any: ...

    ordered(log, after=["compression", "log_requests", "circuit_breaker"])

    assert problems(compression(), log_requests(), circuit_breaker(), log) == []
    found = problems(log, compression(), log_requests(), circuit_breaker())
    assert len(found) == 3
    assert "must stand inside of" not in found[0]  # cut at the place


def test_our_own_layers_say_what_would_be_wrong() -> None:
    proxy, limit, hosts = proxy_headers("10.0.0.1"), rate_limit("1/s"), trusted_hosts("a.example")
    sharing, user = cors(["https://a.example"]), authenticate({"t": "alice"}.get)

    assert problems(proxy, hosts, limit, sharing, user) == []
    assert problems(hosts, proxy) == ["trusted_hosts"]
    assert problems(limit, proxy) == ["rate_limit"]
    assert problems(user, sharing) == ["authenticate"]


def test_what_was_declared_can_be_replaced() -> None:
    sharing, user = cors("*"), authenticate({"t": "alice"}.get)

    ordered(sharing, before="nobody")

    assert problems(user, sharing) == []


def test_plain_data_is_enough() -> None:
    async def guard(request: Any, next: Any) -> Any: ...

    # A package that does not know this one sets the attribute, as it would set any other.
    setattr(guard, "__groundup_order__", {"name": "csrf", "requires": ["sessions"]})  # noqa: B010 - a function has no such attribute for type checkers

    assert len(problems(guard, SESSIONS)) == 1
    assert problems(SESSIONS, guard) == []


def test_a_wish_that_nobody_understands_is_refused() -> None:
    async def guard(request: Any, next: Any) -> Any: ...

    setattr(guard, "__groundup_order__", {"outside": "sessions"})  # noqa: B010 - as above

    with pytest.raises(TypeError, match=r"guard .* got \['outside'\]"):
        check_order([guard])


def test_an_empty_chain_is_in_order() -> None:
    check_order(Pipeline())
