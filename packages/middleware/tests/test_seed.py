"""Project 5 of the founding document, with a pipeline in place of the whole application."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup_middleware import Pipeline
from groundup_response import Response

DOCUMENT = """
@app.use
def logging_middleware(request, next):
    print(f"Incoming: {request.method} {request.path}")
    response = next()
    print(f"Response: {response.status}")
    return response

@app.use
def auth_middleware(request, next):
    if not request.headers.get("Authorization"):
        return Response(401, "Unauthorized")
    return next()

def protected_route(request):
    return Response(200, "You are authenticated!")
"""


@pytest.fixture
def names() -> dict[str, Any]:
    names: dict[str, Any] = {"app": Pipeline(), "Response": Response}
    exec(DOCUMENT, names)
    return names


async def async_route(request: Any) -> Response:
    return Response(200, "You are authenticated!")


@pytest.mark.parametrize("handler", [None, async_route], ids=["sync", "async"])
async def test_the_output_is_that_of_the_document(
    handler: Any,
    names: dict[str, Any],
    make_request: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = make_request(path="/protected", Authorization="Bearer x")

    response = await names["app"].handle(request, handler or names["protected_route"])

    assert response.text == "You are authenticated!"
    assert capsys.readouterr().out == "Incoming: GET /protected\nResponse: 200\n"


def test_without_a_loop_it_is_the_same(
    names: dict[str, Any], make_request: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    response = names["app"].run_sync(make_request(path="/protected"), names["protected_route"])

    assert (response.status, response.text) == (401, "Unauthorized")
    assert capsys.readouterr().out == "Incoming: GET /protected\nResponse: 401\n"
