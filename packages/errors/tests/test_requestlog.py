"""groundup_errors.requestlog: one line a request, with everything that counts lines need."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from groundup_errors import NotFoundError, current_context, request_log
from groundup_response import Response


@pytest.fixture(autouse=True)
def levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


async def run(request: Any, outcome: Response | BaseException, **options: Any) -> Response:
    async def next() -> Response:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return await request_log(**options)(request, next)


async def test_a_line_says_what_was_asked_and_answered(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    request = make_request("POST", "/users/42", id="r1", route="/users/:id")

    response = await run(request, Response(201, "hello"))

    (record,) = caplog.records
    facts = vars(record)
    assert response.status == 201
    assert record.getMessage().startswith("POST /users/:id 201 ")
    assert (facts["path"], facts["route"], facts["status"]) == ("/users/42", "/users/:id", 201)
    assert (facts["bytes"], facts["request_id"]) == (5, "r1")
    assert 0 <= facts["milliseconds"] < 10_000


async def test_an_error_that_was_answered_is_named(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    response = Response(404)
    response.error = NotFoundError()

    await run(make_request(), response)

    assert vars(caplog.records[0])["error"] == "NotFoundError"


async def test_what_was_raised_goes_on(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KeyError):
        await run(make_request(path="/x"), KeyError("secret"))

    (record,) = caplog.records
    assert record.getMessage().startswith("GET /x KeyError ")
    assert record.exc_info is None


async def test_the_length_of_a_stream_is_not_told(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    await run(make_request(), Response(200, iter([b"a", b"b"])))

    assert "bytes" not in vars(caplog.records[0])


async def test_a_path_cannot_forge_a_line_nor_tell_a_secret(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    await run(make_request(path="/a\nGET /forged?token=abc", id="1\n2"), Response(200))

    (record,) = caplog.records
    assert record.getMessage().startswith("GET /a\\nGET /forged?token=*** 200 ")
    assert vars(record)["request_id"] == "1\\n2"


async def test_the_id_is_bound_while_the_request_runs(make_request: Callable[..., Any]) -> None:
    seen: list[dict[str, Any]] = []

    async def next() -> Response:
        seen.append(dict(current_context()))
        return Response(200)

    await request_log()(make_request(id="r1"), next)
    await request_log()(make_request(), next)

    assert seen == [{"request_id": "r1"}, {}]
    assert dict(current_context()) == {}


async def test_an_id_that_came_later_is_written_too(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    request = make_request()

    async def next() -> Response:
        request.id = "r2"
        return Response(200)

    await request_log()(request, next)

    assert vars(caplog.records[0])["request_id"] == "r2"


async def test_logger_and_level_may_be_chosen(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    own = logging.getLogger("own")

    await run(make_request(), Response(200), logger=own, level=logging.DEBUG)
    caplog.set_level(logging.INFO)
    await run(make_request(), Response(200), logger=own, level=logging.DEBUG)

    (record,) = caplog.records
    assert (record.name, record.levelno) == ("own", logging.DEBUG)
