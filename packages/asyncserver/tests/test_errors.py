"""groundup_asyncserver.errors: each is what a stranger would catch."""

from groundup_asyncserver import BodyTimeout, Disconnected, ListenError


def test_errors_are_of_the_kinds_that_strangers_catch() -> None:
    assert issubclass(ListenError, OSError)
    assert issubclass(Disconnected, ConnectionError)
    assert issubclass(BodyTimeout, TimeoutError)


def test_a_slow_body_has_its_status() -> None:
    assert BodyTimeout("slow").status == 408
