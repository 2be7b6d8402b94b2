"""The plugin for pytest: the fixtures ``app``, ``client`` and ``live_server``.

It is loaded in every run, also where nobody tests an application, so it imports nothing of this
package until a fixture is used or a test file asks.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from groundup_testing.client import TestClient
    from groundup_testing.live import LiveServer

__all__ = ["app", "client", "live_server"]

OPTION = "groundup_app"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for pytest's configuration file."""
    parser.addini(OPTION, "the application under test, as module:name", default="")


def pytest_configure() -> None:
    """Let the words of this package (fixture, parametrize, …) be pytest's own."""
    from groundup_testing.marks import Backend  # noqa: PLC0415 - see above

    Backend.pytest = True


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Any:
    """The application under test: override this fixture, or set ``groundup_app = module:name``."""
    target = str(request.config.getini(OPTION))
    module, colon, name = target.partition(":")
    if not colon:
        pytest.fail(
            f"there must be an application to test, got {target!r}: define a fixture `app`, or set"
            f" {OPTION} = module:name in pytest's configuration",
            pytrace=False,
        )
    return getattr(import_module(module), name)


@pytest.fixture
def client(app: Any) -> "Iterator[TestClient]":
    """A client of the application, which is started before the test and shut down after it."""
    from groundup_testing.client import TestClient  # noqa: PLC0415 - see above

    with TestClient(app) as client:
        yield client


@pytest.fixture
def live_server() -> "Iterator[Callable[..., LiveServer]]":
    """Start servers on ports: ``live_server(app).url``; they stop after the test."""
    from groundup_testing.live import live_server as serve  # noqa: PLC0415 - see above

    with ExitStack() as stack:

        def start(app: Any, **options: Any) -> "LiveServer":
            return stack.enter_context(serve(app, **options))

        yield start
