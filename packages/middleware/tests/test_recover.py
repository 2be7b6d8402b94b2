"""groundup_middleware.recover: errors become responses, cancellation does not."""

import asyncio
from typing import Any

import pytest

from groundup_middleware import Pipeline, error_handling
from groundup_response import Response


class Handlers:
    def dispatch(self, error: Exception, request: Any, /) -> Response:
        if isinstance(error, KeyError):
            return Response(404, "no such thing")
        raise error


class AsyncHandlers:
    async def dispatch(self, error: Exception, request: Any, /) -> Response:
        return Response(500, type(error).__name__)


def raise_key_error(request: Any) -> Response:
    raise KeyError("x")


@pytest.mark.parametrize(
    ("handlers", "status"), [(Handlers(), 404), (AsyncHandlers(), 500)], ids=["sync", "async"]
)
async def test_an_error_is_answered_and_noted(handlers: Any, status: int) -> None:
    response = await Pipeline([error_handling(handlers)]).handle(None, raise_key_error)

    assert response.status == status
    assert isinstance(response.error, KeyError)


async def test_layers_above_see_a_response() -> None:
    def above(request: Any, next: Any) -> Response:
        response: Response = next()
        response.headers["X-Above"] = "yes"
        return response

    pipeline = Pipeline([above, error_handling(Handlers())])

    assert (await pipeline.handle(None, raise_key_error)).headers["X-Above"] == "yes"


async def test_what_has_no_answer_goes_on_outwards() -> None:
    def broken(request: Any) -> Response:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - nothing more to say
        await Pipeline([error_handling(Handlers())]).handle(None, broken)


async def test_a_good_response_is_left_alone() -> None:
    response = await Pipeline([error_handling(Handlers())]).handle(None, lambda r: Response(204))

    assert response.status == 204
    assert response.error is None


async def test_a_dispatcher_must_answer() -> None:
    class Silent:
        def dispatch(self, error: Exception, request: Any, /) -> Any:
            return None

    with pytest.raises(TypeError, match="dispatch must return a response, got None") as caught:
        await Pipeline([error_handling(Silent())]).handle(None, raise_key_error)

    assert isinstance(caught.value.__cause__, KeyError)


async def test_a_cancelled_request_stays_cancelled() -> None:
    async def cancelled(request: Any) -> Response:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Pipeline([error_handling(AsyncHandlers())]).handle(None, cancelled)
