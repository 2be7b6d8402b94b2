"""groundup_errors.way: which layers a request passed, whose line raised, and in whose package."""

import functools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from groundup_errors import Way
from groundup_errors.way import CHAPTERS, find_chapter, follow_way, is_foreign, walk_frames

Next = Callable[[], Any]


def make_layer(name: str, *, fails: bool = False) -> Callable[[Any, Next], Any]:
    def layer(_request: Any, next: Next) -> Any:
        if fails:
            raise KeyError(name)
        return next()

    return layer


class Guard:
    def __call__(self, _request: Any, next: Next) -> Any:
        return next()


def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def handler(_request: Any) -> Any:
    raise KeyError("handler")


def run(layers: list[Any], last: Callable[[Any], Any]) -> Exception:
    """Run plain layers around a handler, and return what came out."""

    def enter(at: int) -> Any:
        return last(None) if at == len(layers) else layers[at](None, lambda: enter(at + 1))

    try:
        enter(0)
    except Exception as error:  # noqa: BLE001 - that is what is asked for
        return error
    raise AssertionError("nothing was raised")


def states(layers: list[Any], last: Any, error: Exception) -> list[str]:
    return [step.state for step in follow_way(Way(layers, last), error)]


def test_the_step_whose_line_is_the_last_one_raised() -> None:
    partial = functools.partial(decorate(make_layer("b")))
    layers: list[Any] = [Guard(), partial, decorate(make_layer("c"))]

    steps = follow_way(Way(layers, handler), run(layers, handler))

    assert [step.state for step in steps] == ["passed", "passed", "passed", "raised"]
    assert [step.name for step in steps] == ["Guard", "layer", "layer", "handler"]
    assert all(step.place.startswith("test_way.py:") for step in steps)


def test_what_is_inside_of_the_one_that_raised_may_not_have_been_reached() -> None:
    layers = [make_layer("a"), Guard(), make_layer("c", fails=True), Guard()]

    assert states(layers, handler, run(layers, handler)) == [
        "passed",
        "passed",
        "raised",
        "further in",
        "further in",
    ]


def test_two_layers_of_one_factory_are_told_apart() -> None:
    layers = [make_layer("a"), make_layer("b", fails=True), make_layer("c")]

    assert states(layers, handler, run(layers, handler))[:3] == ["passed", "raised", "further in"]


def test_layers_that_an_inner_boundary_hides_were_passed() -> None:
    error = run([], handler)

    assert states([Guard(), make_layer("b")], handler, error) == ["passed", "passed", "raised"]


def test_an_error_from_between_the_steps_is_nobody_s() -> None:
    assert states([Guard()], None, KeyError("never raised")) == ["passed"]
    assert follow_way(Way(), KeyError()) == []


def test_a_name_that_a_layer_was_given_is_shown() -> None:
    named, labelled = make_layer("a"), make_layer("b")
    setattr(named, "__groundup_order__", {"name": "sessions"})  # noqa: B010 - as other packages do
    note = SimpleNamespace(label="if_method(POST)")
    setattr(labelled, "__groundup_note__", note)  # noqa: B010 - as above

    steps = follow_way(Way([named, labelled, print]), KeyError())

    assert [step.name for step in steps] == ["sessions", "if_method(POST)", "print"]
    assert steps[-1].place == ""


def raise_in(module: str, error: Exception) -> Exception:
    """Raise an error in code of a module of that name."""
    names: dict[str, Any] = {"__name__": module, "error": error}
    exec(compile("def fail():\n    raise error", f"{module}.py", "exec"), names)
    return run([], lambda _request: names["fail"]())


OrmError = type("OrmError", (Exception,), {"__module__": "groundup_orm.errors"})


@pytest.mark.parametrize(
    ("error", "chapter"),
    [
        pytest.param(raise_in("groundup_orm.query", KeyError()), "12-orm", id="orm"),
        pytest.param(raise_in("groundup.blog.posts", KeyError()), "18-capstone", id="capstone"),
        pytest.param(raise_in("shop.orders", KeyError()), "", id="own code"),
        pytest.param(raise_in("groundup_orm_tools", KeyError()), "", id="stranger"),
        pytest.param(raise_in("shop.orders", OrmError()), "12-orm", id="class of ours"),
        pytest.param(KeyError(), "", id="never raised"),
    ],
)
def test_the_chapter_is_that_of_the_package_that_raised(error: Exception, chapter: str) -> None:
    assert find_chapter(error) == chapter


def test_what_the_standard_library_raises_counts_for_its_caller() -> None:
    names: dict[str, Any] = {"__name__": "groundup_messages.body", "json": json}
    exec(compile("def read(_request):\n    return json.loads('{')", "body.py", "exec"), names)

    assert find_chapter(run([], names["read"])) == "07-messages"
    assert find_chapter(run([], lambda _request: json.loads("{"))) == ""


def test_frames_are_ours_or_foreign() -> None:
    error = run([], lambda _request: json.loads("{"))

    frames = [frame for frame, _ in walk_frames(error.__traceback__)]

    assert not is_foreign(frames[0])
    assert is_foreign(frames[-1])


def test_the_chapters_are_numbered_as_in_the_course() -> None:
    assert len(CHAPTERS) == len(set(CHAPTERS)) == 18
    assert (CHAPTERS[0], CHAPTERS[10], CHAPTERS[17]) == ("tcpserver", "errors", "capstone")
