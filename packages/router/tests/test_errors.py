"""groundup_router.errors: what a stranger catches, and what a server answers."""

import pytest

from groundup_router import BuildError, PathError, PatternError, RouteConflict, RouterError


@pytest.mark.parametrize("kind", [BuildError, PathError, PatternError, RouteConflict])
def test_every_error_is_a_router_error_and_a_value_error(kind: type[Exception]) -> None:
    assert issubclass(kind, RouterError)
    assert issubclass(kind, ValueError)


def test_an_unknown_name_is_a_failed_look_up() -> None:
    assert issubclass(BuildError, LookupError)


def test_only_the_error_of_a_client_has_a_status() -> None:
    assert PathError("bad").status == 400
    assert PathError("long", status=414).status == 414
    assert not hasattr(PatternError("bad"), "status")
