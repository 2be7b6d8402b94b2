"""Slot ``errors``: ``register(class or status, handler)`` and ``dispatch(error, request)``."""

import inspect
from typing import Any

from groundup_messages import Request, Response
from groundup_testing.contracts.contract import Contract, Make, equal, holds

__all__ = ["check_errors"]

check_errors = Contract("error registry")

SECRET = "postgresql://user:hunter2@db/site"  # noqa: S105 - what must not be shown


class OuterError(Exception):
    """A class that the program has."""


class InnerError(OuterError):
    """One below it."""


class MissingError(Exception):
    """An error that says how it is to be answered."""

    status = 404


async def answer(errors: Any, error: Exception) -> Any:
    """Return the response to an error."""
    found = errors.dispatch(error, Request("GET", "/there", {"Accept": "text/plain"}))
    return await found if inspect.isawaitable(found) else found


def say(text: str) -> Any:
    """Return a handler that answers with a text."""

    def handler(error: Exception, request: Request) -> Response:
        return Response(400, f"{text}: {error} at {request.path}")

    return handler


@check_errors.add
async def a_handler_answers_its_class(make: Make) -> None:
    """It gets the error and the request."""
    errors = make()
    errors.register(OuterError, say("outer"))
    response = await answer(errors, OuterError("x"))
    equal((response.status, response.text), (400, "outer: x at /there"), "answer")


@check_errors.add
async def the_nearest_class_wins(make: Make) -> None:
    """A handler for a base class answers what has none of its own, whatever the order."""
    for kinds in ((OuterError, InnerError), (InnerError, OuterError)):
        errors = make()
        for kind in kinds:
            errors.register(kind, say(kind.__name__))
        response = await answer(errors, InnerError("x"))
        equal(response.text, "InnerError: x at /there", "answer to the inner error")
    errors = make()
    errors.register(OuterError, say("outer"))
    equal((await answer(errors, InnerError("x"))).text, "outer: x at /there", "inherited answer")


@check_errors.add
async def the_last_registration_counts(make: Make) -> None:
    """A program may replace what was registered before."""
    errors = make()
    errors.register(OuterError, say("first"))
    errors.register(OuterError, say("second"))
    equal((await answer(errors, OuterError("x"))).text, "second: x at /there", "answer")


@check_errors.add
async def a_handler_may_be_async(make: Make) -> None:
    """What it returns may be awaited."""
    errors = make()

    async def handler(error: Exception, request: Request) -> Response:
        return Response(409, f"{error} {request.method}")

    errors.register(OuterError, handler)
    response = await answer(errors, OuterError("x"))
    equal((response.status, response.text), (409, "x GET"), "answer")


@check_errors.add
async def a_status_may_be_registered(make: Make) -> None:
    """A handler for 404 answers every error of that status that has none by its class."""
    errors = make()
    errors.register(404, say("missing"))
    equal((await answer(errors, MissingError("x"))).text, "missing: x at /there", "answer")


@check_errors.add
async def an_error_with_a_status_has_it(make: Make) -> None:
    """Without any handler, the status of the error is that of the answer."""
    equal((await answer(make(), MissingError("x"))).status, 404, "status")


@check_errors.add
async def any_other_error_is_500_and_tells_nothing(make: Make) -> None:
    """The message of an error that nobody expected is for the log, not for the client."""
    response = await answer(make(), RuntimeError(SECRET))
    equal(response.status, 500, "status")
    shown = response.text + str(response.headers.multi_items())
    holds("hunter2" not in shown, "the answer must not show what the error says")
