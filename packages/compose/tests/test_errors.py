"""groundup_compose.errors: what a stranger would catch."""

from groundup_compose import InjectionError


def test_it_is_a_look_up_that_failed() -> None:
    assert issubclass(InjectionError, LookupError)
