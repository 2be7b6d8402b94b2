"""groundup_errors.requestlog: one line a request, with everything that counts lines need."""

import asyncio
import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from groundup_errors import NotFoundError, carry, count, current_context, request_log
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


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        pytest.param(42, 42, id="number"),
        pytest.param("ada", "ada", id="name"),
        pytest.param("a\nb", "a\\nb", id="forged"),
        pytest.param("token=abc", "token=***", id="secret"),
        pytest.param(SimpleNamespace(id=7, email="x@example.com"), 7, id="object"),
        pytest.param(SimpleNamespace(id=SimpleNamespace()), None, id="odd"),
        pytest.param(True, None, id="true"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="nobody"),
    ],
)
async def test_the_user_is_named_by_what_a_log_should_know(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture, user: Any, shown: Any
) -> None:
    request = make_request()
    request.user = user

    await run(request, Response(200))

    assert vars(caplog.records[0]).get("user") == shown


async def test_a_user_that_cannot_be_read_does_not_end_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Request:
        method = "GET"
        path = "/"

        @property
        def user(self) -> Any:
            raise RuntimeError("the database is away")

    assert (await run(Request(), Response(200))).status == 200
    assert "user" not in vars(caplog.records[0])


async def test_what_is_counted_in_tasks_and_threads_is_on_the_line(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def query() -> None:
        count("queries")

    async def next() -> Response:
        count("queries")
        await asyncio.gather(query(), query())
        await asyncio.to_thread(count, "queries", 2)
        thread = threading.Thread(target=carry(count), args=("rows",))
        thread.start()
        thread.join()
        return Response(200)

    await request_log(counts=["queries", "mails"])(make_request(), next)

    facts = vars(caplog.records[0])
    assert (facts["queries"], facts["rows"], facts["mails"]) == (5, 1, 0)


async def test_each_request_has_its_own_counts(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def request(number: int) -> None:
        async def next() -> Response:
            for _ in range(number):
                count("queries")
                await asyncio.sleep(0)
            return Response(200)

        await request_log()(make_request(path=f"/{number}"), next)

    await asyncio.gather(*map(request, range(5)))
    count("queries")  # outside of a request: nothing

    found = {vars(record)["path"]: vars(record).get("queries", 0) for record in caplog.records}
    assert found == {f"/{number}": number for number in range(5)}


async def test_others_are_asked_when_the_response_is_there(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> object:
        raise RuntimeError("no")

    facts: dict[str, Callable[[], object]] = {
        "hops": lambda: 2,
        "nothing": lambda: None,
        "broken": fail,
        "status": lambda: "forged",
    }

    await run(make_request(), Response(200), facts=facts)
    with pytest.raises(KeyError):
        await run(make_request(), KeyError(), facts=facts)

    first, second = map(vars, caplog.records)
    assert (first["hops"], first["broken"], first["status"]) == (2, "raised RuntimeError", 200)
    assert "nothing" not in first
    assert second["hops"] == 2


async def test_a_field_with_the_name_of_a_record_s_own_is_refused(
    make_request: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ValueError, match="name of a record's own, got \\['args', 'name'\\]"):
        request_log(facts={"name": lambda: 1}, counts=["args"])

    async def next() -> Response:
        count("args")
        return Response(200)

    await request_log()(make_request(), next)

    assert len(caplog.records) == 1
