"""groundup_testing.asserts: assertions whose messages say what came."""

import re
from collections.abc import Iterator

import pytest

from groundup_messages import Request, Response
from groundup_testing import (
    AnswerError,
    TestClient,
    assert_header,
    assert_json,
    assert_redirects,
    assert_status,
)


async def site(request: Request) -> Response:
    match request.path:
        case "/json":
            return Response.json({"a": [1]})
        case "/lie":
            return Response(200, "no json", {"Content-Type": "application/json"})
        case "/old":
            return Response(302, "", {"Location": "/json"})
        case "/boom":
            raise ValueError("the reason")
        case _:
            return Response(404, "nothing here")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(site) as client:
        yield client


def test_status(client: TestClient) -> None:
    answer = client.get("/x")

    assert assert_status(answer, 200, 404) is answer
    with pytest.raises(AssertionError) as caught:
        assert_status(answer, 200, 201)
    assert str(caught.value) == (
        "status must be 200 or 201, got 404 Not Found from GET http://testserver/x"
        " with 'nothing here'"
    )


def test_the_error_of_the_handler_is_the_cause(client: TestClient) -> None:
    with pytest.raises(AssertionError, match="raised by ValueError") as caught:
        assert_status(client.get("/boom"), 200)

    assert isinstance(caught.value.__cause__, ValueError)


def test_a_stream_has_a_status_too(client: TestClient) -> None:
    with client.stream("GET", "/x") as answer, pytest.raises(AssertionError, match="got 404"):
        assert_status(answer, 200)


def test_redirects(client: TestClient) -> None:
    answer = client.get("/old", follow_redirects=False)
    followed = client.get("/old")

    assert assert_redirects(answer, "/json", status=302) is answer
    assert_redirects(answer, "http://testserver/json")
    assert_redirects(followed, "/json")
    with pytest.raises(AssertionError, match=r"lead to .*/other, got .*/json"):
        assert_redirects(answer, "/other")
    with pytest.raises(AssertionError, match="status 301, got 302"):
        assert_redirects(answer, "/json", status=301)
    with pytest.raises(AssertionError, match="must redirect, got 404"):
        assert_redirects(client.get("/x"), "/json")


def test_header(client: TestClient) -> None:
    answer = client.get("/json")

    assert assert_header(answer, "content-length", "9") == "9"
    assert assert_header(answer, "Date").endswith("GMT")
    assert_header(answer, "Content-Type", re.compile("json"))
    with pytest.raises(AssertionError, match="must be '8', got '9'"):
        assert_header(answer, "Content-Length", "8")
    with pytest.raises(AssertionError, match="must match 'html'"):
        assert_header(answer, "Content-Type", re.compile("html"))
    with pytest.raises(AssertionError, match="ETag must be in the answer, got Content-Type"):
        assert_header(answer, "ETag")


def test_json(client: TestClient) -> None:
    answer = client.get("/json")

    assert assert_json(answer) == {"a": [1]}
    assert assert_json(answer, {"a": [1]}, check=lambda value: "a" in value) == {"a": [1]}
    with pytest.raises(AssertionError, match=r"must be \{\}, got \{'a': \[1\]\}"):
        assert_json(answer, {})
    with pytest.raises(AssertionError, match="pass the check"):
        assert_json(answer, check=lambda value: False)
    with pytest.raises(AssertionError, match="Content-Type must be JSON, got 'text/plain'"):
        assert_json(client.get("/x"))
    with pytest.raises(AnswerError, match="must be JSON"):
        assert_json(client.get("/lie"))
