"""Tell the way of a request that ended in an error: its layers, its route, and whose line raised.

    passed     log_requests         app.py:12
    raised     rate_limit(10/s)     limits.py:30      its line is the last one in the traceback
    further in show_user            app.py:40

Which layers there are knows the application, so it is asked; who raised is read off the traceback:
the frames in it are those of the layers that the error came through.
"""

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any, NamedTuple

from groundup_errors.facts import is_mapping

__all__ = ["Step", "Way", "find_chapter", "follow_way", "is_foreign", "walk_frames"]

Function = Callable[..., Any]

# Packages in the order of the course: the number of a chapter is that of its place here.
CHAPTERS = (
    "tcpserver",
    "httpparse",
    "router",
    "response",
    "middleware",
    "templating",
    "messages",
    "sessions",
    "forms",
    "auth",
    "errors",
    "orm",
    "staticfiles",
    "asyncserver",
    "testing",
    "websockets",
    "compose",
    "capstone",
)
PARTIAL: type[Any] = functools.partial  # of anything


class Way(NamedTuple):
    """What an application knows of the way of a request.

    Args:
        layers: The functions around the handler, outermost first.
        handler: The function of the route, or None if there was none.
        route: The pattern that fitted.
        explanation: Why it did, in the router's words.
    """

    layers: Sequence[Function] = ()
    handler: Function | None = None
    route: str = ""
    explanation: str = ""


class Step(NamedTuple):
    """One function on the way: its name, where it is, and how the request left it."""

    name: str
    place: str
    state: str  # "passed", "raised" or "further in"


def follow_way(way: Way, error: BaseException) -> list[Step]:
    """Return the steps of a way, and which of them raised.

    An error that no step raised came from between them; then all count as passed.
    """
    functions = [*way.layers, *([] if way.handler is None else [way.handler])]
    codes = [find_codes(function) for function in functions]
    raised, reached = -1, 0
    for frame, _ in walk_frames(error.__traceback__):
        # Both run from the outside inwards, so two layers of one factory are told apart.
        for at in range(reached, len(codes)):
            if frame.f_code in codes[at]:
                raised, reached = at, at + 1
                break
    steps: list[Step] = []
    for at, function in enumerate(functions):
        state = "passed" if at < raised or raised < 0 else "further in"
        name, place = describe(function)
        steps.append(Step(name, place, "raised" if at == raised else state))
    return steps


def find_codes(function: Function) -> set[CodeType]:
    """Return the code that a call of a function may run: its own, and what it wraps."""
    function = look_through(function)
    found = (
        getattr(function, "__code__", None),
        getattr(inspect.unwrap(function), "__code__", None),
        getattr(type(function).__call__, "__code__", None),
    )
    return {code for code in found if isinstance(code, CodeType)}


def look_through(function: Any) -> Any:
    """Return the function that a partial calls."""
    while isinstance(function, PARTIAL):
        function = function.func
    return function


def describe(function: Function) -> tuple[str, str]:
    """Return the name of a function, and ``file:line``.

    A layer may carry a name of its own: a label for pictures of a chain, or the one that says where
    in a chain it belongs.
    """
    function = look_through(function)
    order: Any = getattr(function, "__groundup_order__", None)
    name = getattr(getattr(function, "__groundup_note__", None), "label", None)
    if name is None and is_mapping(order):
        name = order.get("name")
    if not isinstance(name, str):
        name = str(getattr(function, "__qualname__", type(function).__qualname__))
        name = name.rpartition("<locals>.")[2]
    inner = inspect.unwrap(function)
    code: Any = getattr(inner, "__code__", None) or getattr(type(inner).__call__, "__code__", None)
    return name, f"{Path(code.co_filename).name}:{code.co_firstlineno}" if code else ""


def walk_frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames of a traceback and the lines that they are at, outermost first."""
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def is_foreign(frame: FrameType) -> bool:
    """Return whether a frame belongs to the standard library or to an installed package."""
    return frame.f_code.co_filename.startswith(foreign_folders()) or bool(find_package(frame))


@functools.cache
def foreign_folders() -> tuple[str, ...]:
    """Return where the standard library and installed packages are."""
    import sysconfig  # noqa: PLC0415 - costs time to start, and only debug pages ask

    return tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")})


def find_package(frame: FrameType) -> str:
    """Return which package of this project a frame is in, or ""."""
    return name_package(str(frame.f_globals.get("__name__", "")))


def name_package(module: str) -> str:
    """Return the package of a module.

    >>> name_package("groundup_orm.query"), name_package("groundup.blog"), name_package("shop")
    ('orm', 'capstone', '')
    """
    top = module.partition(".")[0]
    name = "capstone" if top == "groundup" else top.removeprefix("groundup_")
    return name if name != top and name in CHAPTERS else ""


def find_chapter(error: BaseException) -> str:
    """Return the chapter that an error came from, such as ``12-orm``, or "".

    That is the package of the line that raised.  What the standard library raised counts for the
    line that called it, and an error of ours for its package, whoever raised it.
    """
    package = name_package(type(error).__module__)
    for frame, _ in reversed(list(walk_frames(error.__traceback__))):
        found = find_package(frame)
        if found or not is_foreign(frame):
            package = found or package
            break
    return f"{CHAPTERS.index(package) + 1:02d}-{package}" if package else ""
