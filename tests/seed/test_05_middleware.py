"""Project 5: the block, verbatim, and its output."""

from collections.abc import Callable
from typing import Any

import pytest

from groundup import Application, Response
from groundup_testing import TestClient

BLOCK = """\
app = Application()

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

@app.route("/protected", "GET")
def protected_route(request):
    return Response(200, "You are authenticated!")
"""

Run = Callable[..., tuple[dict[str, Any], str]]


def test_block(run_block: Run, capsys: pytest.CaptureFixture[str]) -> None:
    names, _ = run_block(BLOCK, Application=Application, Response=Response)

    with TestClient(names["app"]) as client:
        response = client.get("/protected", headers={"Authorization": "Bearer x"})

    assert response.text == "You are authenticated!"
    assert capsys.readouterr().out == "Incoming: GET /protected\nResponse: 200\n"


def test_a_layer_that_does_not_call_next_answers_itself(
    run_block: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    names, _ = run_block(BLOCK, Application=Application, Response=Response)

    with TestClient(names["app"]) as client:
        response = client.get("/protected")

    assert (response.status, response.text) == (401, "Unauthorized")
    assert capsys.readouterr().out == "Incoming: GET /protected\nResponse: 401\n"
