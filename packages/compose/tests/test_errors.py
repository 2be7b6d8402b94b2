"""groundup_compose.errors: what a stranger would catch."""

import pytest

from groundup_compose import ForwardedError, InjectionError, OrderError


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(InjectionError, LookupError), (OrderError, ValueError), (ForwardedError, ValueError)],
)
def test_each_is_what_a_stranger_would_catch(
    error: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(error, builtin)


def test_what_a_client_can_cause_has_a_status() -> None:
    assert ForwardedError("x").status == 400
