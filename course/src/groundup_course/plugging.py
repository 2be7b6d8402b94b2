"""The blog on the learner's parts, and a count of who served what.

    router: yours (my_router.py), 214 matches
    templates: ours, 98 renders

Around each part stands a counter that hands every call on.  Whose a part is, its class's file says,
not what was asked for: `from groundup_router import Router` in a file of yours is ours.
"""

import inspect
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from groundup_course.chapter import Chapter
from groundup_course.child import import_file
from groundup_course.errors import WorkspaceError
from groundup_course.workspace import Workspace

__all__ = ["COUNTED", "Ledger", "count_part", "load_part", "make_blog", "owner_of", "target_of"]

# The slot, the calls that are counted, and what to say of them.
COUNTED: dict[str, tuple[tuple[str, ...], str]] = {
    "server": ((), "connections"),
    "parser": (("feed",), "requests"),
    "router": (("match",), "matches"),
    "pipeline": (("compile",), "chains"),
    "templates": (("render",), "renders"),
    "sessions": (("open", "get"), "look-ups"),  # ours opens whole sessions, others ask for values
    "errors": (("dispatch",), "errors"),
    "rooms": (("get_or_create",), "rooms asked for"),
}
MADE_LATER = ("server", "parser", "pipeline")
PAUSE = 1.0  # seconds between two writes of the report


class Counter:
    """An object that hands on all that is asked of it, and counts one of its calls.

    The calls are its own attributes and not found by ``__getattr__`` alone: from Python 3.12 on,
    that is where ``isinstance`` looks when it checks for a Protocol.
    """

    def __init__(self, part: Any, counted: dict[str, Callable[..., Any]]) -> None:
        self.__dict__["_part"] = part
        for name in dir(part):
            if not name.startswith("_") and callable(value := getattr(part, name)):
                self.__dict__[name] = counted.get(name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_part"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_part"], name, value)


class Ledger:
    """How often each slot was called, and whose part was in it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._slots: dict[str, dict[str, Any]] = {}
        self._written = 0.0

    def enter(self, slot: str, owner: str, file: str) -> None:
        """Note whose part is in a slot."""
        what = COUNTED[slot][1]
        self._slots[slot] = {"owner": owner, "file": file, "calls": 0, "what": what}

    def count(self, slot: str, calls: int = 1) -> None:
        """Count calls, and write the report now and then."""
        self._slots[slot]["calls"] += calls
        if time.monotonic() - self._written > PAUSE:
            self.write()

    def write(self) -> None:
        """Write the report."""
        import json  # noqa: PLC0415 - once in a while

        self._written = time.monotonic()
        self._workspace.write_file("report.json", json.dumps({"slots": self._slots}, indent=2))


def load_part(workspace: Workspace, chapter: Chapter) -> tuple[Any, Any]:
    """Return what goes into a chapter's slot, and the learner's object that it is made of.

    Raises:
        WorkspaceError: There is no slot, or the learner's module cannot be used.
    """
    if not chapter.slot:
        raise WorkspaceError(f"chapter {chapter.name} has no slot in the blog to be plugged into")
    path = workspace.file(chapter)
    if not path.is_file():
        raise WorkspaceError(f"{path.name} is not there: `groundup learn new {chapter.name}`")
    if str(workspace.root) not in sys.path:
        sys.path.append(str(workspace.root))
    try:
        module = import_file(path, chapter.module)
        origin = getattr(module, chapter.provides[0])
        part = adapt(chapter, module, origin)
    except Exception as error:
        raise WorkspaceError(
            f"{path.name} must give a part for the blog, got {type(error).__name__}: {error}:"
            f" `groundup learn check {chapter.name}` says more"
        ) from error
    return part, origin


def adapt(chapter: Chapter, module: ModuleType, origin: Any) -> Any:
    """Return the object for the slot, by the chapter's own adapter where it has one."""
    path = chapter.folder / "plug.py"
    if path.is_file():
        return import_file(path, f"groundup_course_{chapter.name}_plug").adapt(module)
    return origin() if inspect.isclass(origin) and chapter.slot not in MADE_LATER else origin


def target_of(chapter: Chapter) -> str:
    """Return how ``--with`` and ``groundup.toml`` name a learner's part."""
    if (chapter.folder / "plug.py").is_file():
        return f"{chapter.slot}=groundup_course.plugged:{chapter.name}"
    return f"{chapter.slot}={chapter.module}:{chapter.provides[0]}"


def owner_of(origin: Any, workspace: Workspace) -> tuple[str, str]:
    """Return ``yours``, ``ours`` or ``another's``, and the file that says so."""
    named = inspect.isclass(origin) or inspect.isfunction(origin)
    kind: Any = origin if named else origin.__class__
    try:
        file = Path(inspect.getfile(kind)).resolve()
    except (TypeError, OSError):
        return "another's", ""
    if file.is_relative_to(workspace.root.resolve()):
        libraries = Path(sysconfig.get_path("purelib")).resolve()
        if not file.is_relative_to(libraries):
            return "yours", file.relative_to(workspace.root.resolve()).as_posix()
    module = kind.__module__.partition(".")[0]
    return ("ours" if module == "groundup" or module.startswith("groundup_") else "another's"), ""


def count_part(slot: str, part: Any, ledger: Ledger) -> Any:
    """Return a part for a slot with a counter around it, or around each that it makes."""
    if slot == "server":

        def make_server(host: str, port: int, handler: Callable[[Any], None]) -> Any:
            @wraps(handler)
            def counted(connection: Any) -> None:
                ledger.count(slot)
                handler(connection)

            return part(host, port, counted)

        return make_server
    if slot in MADE_LATER:

        def make(*args: Any, **kwargs: Any) -> Counter:
            return wrap(slot, part(*args, **kwargs), ledger)

        return make
    return wrap(slot, part, ledger)


def wrap(slot: str, part: Any, ledger: Ledger) -> Counter:
    """Return an object with a counter around it."""
    return Counter(part, dict(counted_calls(slot, part, ledger)))


def counted_calls(slot: str, part: Any, ledger: Ledger) -> Iterator[tuple[str, Any]]:
    """Yield the calls of a part that are counted, each with its counter."""
    for name in COUNTED[slot][0]:
        if hasattr(part, name):
            yield name, counting(slot, getattr(part, name), ledger)


def counting(slot: str, call: Callable[..., Any], ledger: Ledger) -> Callable[..., Any]:
    """Return a call that is counted; of a parser the requests that it finds."""
    if slot == "parser":

        def feed(data: bytes) -> Iterable[Any]:
            requests = list(call(data))
            ledger.count(slot, len(requests))
            return requests

        return feed

    @wraps(call)
    def counted(*args: Any, **kwargs: Any) -> Any:
        ledger.count(slot)
        return call(*args, **kwargs)

    return counted


def make_blog(
    workspace: Workspace, chapters: Iterable[Chapter], config: Any, **options: Any
) -> tuple[Any, Ledger]:
    """Return the blog on the parts of some chapters, and the ledger that counts for it.

    Args:
        workspace: Where the learner's files are.
        chapters: Those whose parts are used; all other slots hold ours.
        config: The settings.
        options: As for the blog itself.
    """
    from groundup.blog import create_app  # noqa: PLC0415 - its models cost time to import

    ledger, parts = Ledger(workspace), dict[str, Any]()
    for chapter in chapters:
        part, origin = load_part(workspace, chapter)
        ledger.enter(chapter.slot, *owner_of(origin, workspace))
        parts[chapter.slot] = count_part(chapter.slot, part, ledger)
    app = create_app(config, **options, **parts)
    for slot in ("router", "templates", "sessions", "errors", "rooms"):
        if slot not in parts:
            watch_ours(slot, getattr(app, slot), workspace, ledger)
    ledger.write()
    return app, ledger


def watch_ours(slot: str, part: Any, workspace: Workspace, ledger: Ledger) -> None:
    """Count the calls of a part that is in the blog already, by an attribute of its own."""
    ledger.enter(slot, *owner_of(part, workspace))
    for name, call in dict(counted_calls(slot, part, ledger)).items():
        setattr(part, name, call)
