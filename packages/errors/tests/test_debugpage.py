"""groundup_errors.debugpage: everything a developer needs, no secret, and no way to break it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from groundup_errors import ServiceUnavailableError, Way, debug_response


class Grumpy:
    def __repr__(self) -> str:
        raise RuntimeError("no repr today")


def fail(text: str = "<script>", depth: int = 0) -> None:
    password = "hunter2"
    login = {"user": "bob", "api_key": "k-123"}
    grumpy = Grumpy()
    if depth:
        fail(text, depth - 1)
    del password, grumpy
    raise KeyError(text, login["user"])


def catch(function: Callable[..., Any], *args: Any) -> Exception:
    try:
        function(*args)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page shows it
        return error
    raise AssertionError("nothing was raised")


@pytest.fixture
def page(make_request: Callable[..., Any]) -> str:
    request = make_request("POST", "/pay?token=abc", Accept="text/html", Cookie="sid=1", X_A="b")
    response = debug_response(catch(fail), request)
    assert response.status == 500
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    return response.text


def test_shows_the_source_and_the_variables(page: str) -> None:
    assert "<h1>KeyError</h1>" in page
    assert "test_debugpage.py, line" in page
    assert "in fail" in page
    assert "raise KeyError(text, login[&quot;user&quot;])</b>" in page
    assert "<td>depth</td><td>0</td>" in page


def test_masks_secrets(page: str) -> None:
    assert "k-123" not in page
    assert "hunter2" not in page
    assert "sid=1" not in page
    assert "token=abc" not in page
    assert "&#x27;api_key&#x27;: ***" in page


def test_escapes_everything(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_variables_that_refuse_to_be_shown_are_named(make_request: Callable[..., Any]) -> None:
    def keep() -> None:
        grumpy = Grumpy()
        raise ValueError(id(grumpy))

    text = debug_response(catch(keep), make_request(Accept="text/html")).text

    assert "Grumpy, whose repr raises RuntimeError" in text


def test_the_cause_is_shown_too(make_request: Callable[..., Any]) -> None:
    def chain() -> None:
        try:
            fail("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    text = debug_response(catch(chain), make_request(Accept="text/html")).text

    assert text.index("<h1>ValueError</h1>") < text.index("because of KeyError")


def test_a_deep_recursion_is_cut(make_request: Callable[..., Any]) -> None:
    text = debug_response(catch(fail, "x", 200), make_request(Accept="text/html")).text

    assert text.count("<h3>") == 30


def test_many_variables_are_cut(make_request: Callable[..., Any]) -> None:
    names: dict[str, Any] = {}
    lines = [f"    name{number} = {number}" for number in range(100)]
    exec("\n".join(["def broken():", *lines, "    raise OSError"]), names)

    text = debug_response(catch(names["broken"]), make_request(Accept="text/html")).text

    assert "<td>name39</td>" in text
    assert "<td>name40</td>" not in text


def test_code_without_source_is_shown_without_it(make_request: Callable[..., Any]) -> None:
    code = compile("def broken():\n    raise OSError('gone')", "<made>", "exec")
    names: dict[str, Any] = {}
    exec(code, names)

    text = debug_response(catch(names["broken"]), make_request(Accept="text/html")).text

    assert "&lt;made&gt;, line 2, in broken" in text


def test_programs_get_the_traceback_as_data(make_request: Callable[..., Any]) -> None:
    response = debug_response(catch(fail, "token=abc"), make_request())

    members = json.loads(response.text)
    assert members["detail"] == "KeyError: ('token=***', 'bob')"
    assert members["traceback"][0] == "Traceback (most recent call last):"


def test_others_get_it_as_text(make_request: Callable[..., Any]) -> None:
    response = debug_response(catch(fail, "half \ud800"), make_request(Accept="text/plain"))

    assert response.text.startswith("Traceback")
    assert "KeyError" in response.text


def layer(_request: Any, next: Callable[[], Any]) -> Any:
    return next()


def show_way(request: Any, way: Any, **options: Any) -> str:
    error = catch(fail)
    response = debug_response(error, request, find_way=lambda _request: way, **options)
    return response.text


def test_shows_the_way_of_the_request(make_request: Callable[..., Any]) -> None:
    way = Way([layer], fail, "/pay/:id", "GET /pay/1?token=abc\n  pay <fits>")

    text = show_way(make_request(Accept="text/html"), way)

    assert '<li class="passed">passed <strong>layer</strong>' in text
    assert '<li class="raised">raised <strong>fail</strong>' in text
    assert "<code>/pay/:id</code>" in text
    assert "pay &lt;fits&gt;" in text
    assert "token=***" in text


def test_programs_get_the_way_as_data(make_request: Callable[..., Any]) -> None:
    way = Way([layer], fail, "/pay/:id")

    members = json.loads(show_way(make_request(), way))
    text = show_way(make_request(Accept="text/plain"), way)

    assert members["route"] == "/pay/:id"
    assert [step.split()[:2] for step in members["way"]] == [
        ["passed:", "layer"],
        ["raised:", "fail"],
    ]
    assert text.splitlines()[-1].startswith("raised: fail test_debugpage.py:")


def test_without_a_way_the_route_of_the_request_is_shown(make_request: Callable[..., Any]) -> None:
    request = make_request(Accept="text/html", route="/pay/:id")

    assert "<code>/pay/:id</code>" in debug_response(catch(fail), request).text
    assert "<code>/pay/:id</code>" in show_way(request, None)
    assert "The way of" not in debug_response(catch(fail), make_request(Accept="text/html")).text


def test_a_way_that_cannot_be_told_does_not_hide_the_error(
    make_request: Callable[..., Any],
) -> None:
    def find_way(_request: Any) -> Way:
        raise LookupError("no router")

    request = make_request(Accept="text/html")
    text = debug_response(catch(fail), request, find_way=find_way).text

    assert "<h1>KeyError</h1>" in text
    assert "the way is not known: no router" in text


@pytest.mark.parametrize(
    ("chapters", "shown"),
    [
        pytest.param(None, "builds: chapter 12, orm.", id="named"),
        pytest.param("", '<a href="12-orm/">chapter 12, orm</a>', id="relative"),
        pytest.param(
            'http://localhost:8001/"x', '<a href="http://localhost:8001/&quot;x12-orm/">', id="site"
        ),
    ],
)
def test_names_the_chapter_that_the_error_came_from(
    make_request: Callable[..., Any], chapters: str | None, shown: str
) -> None:
    names: dict[str, Any] = {"__name__": "groundup_orm.query"}
    exec("def broken():\n    raise OSError", names)
    request = make_request(Accept="text/html")

    text = debug_response(catch(names["broken"]), request, chapters=chapters).text
    own = debug_response(catch(fail), request, chapters=chapters).text

    assert shown in text
    assert "the course" not in own
    assert json.loads(debug_response(catch(names["broken"]), make_request()).text)["chapter"] == (
        "12-orm"
    )


def test_code_of_others_is_folded_away(make_request: Callable[..., Any]) -> None:
    text = debug_response(catch(json.loads, "{"), make_request(Accept="text/html")).text

    assert text.count("<h3>") == 2  # the line that raised, and the one of this file
    assert "<details><summary>" in text.replace("<details><summary>variables", "")


def test_fits_a_phone_and_the_dark(page: str) -> None:
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "prefers-color-scheme:dark" in page
    assert "http" not in page.partition("<body>")[0]  # nothing is loaded from anywhere


def test_a_long_chain_of_causes_is_cut(make_request: Callable[..., Any]) -> None:
    def chain(depth: int) -> None:
        try:
            if depth:
                chain(depth - 1)
        finally:
            raise ValueError(depth)

    text = debug_response(catch(chain, 10), make_request(Accept="text/html")).text

    assert text.count("<h2>because of ValueError: ") == 4


def test_fields_of_the_error_are_kept(make_request: Callable[..., Any]) -> None:
    error = ServiceUnavailableError(retry_after=7)

    response = debug_response(error, make_request(Accept="text/html"))

    assert (response.status, response.headers["Retry-After"]) == (503, "7")
