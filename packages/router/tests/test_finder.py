"""groundup_router.finder: functions are compiled when they are needed, and tracebacks show them."""

import threading
import traceback
from typing import Any

import pytest

from groundup_router import Converter, Router
from groundup_router.finder import Finder

NAMES = [f"n{at}" for at in range(10)]


@pytest.fixture
def finder() -> Finder:
    router = Router()
    for name in NAMES:
        router.add(f"/{name}/:x/y", name, methods=["GET"])
    return Finder(router.routes())


def ways_of(finder: Finder) -> dict[str, Any]:
    """Return the table in the globals of the function for GET."""
    find: Any = finder.by_method["GET"]
    ways: dict[str, Any] = find.__globals__["ways_1"]
    return ways


def test_a_method_is_compiled_at_its_first_path(finder: Finder) -> None:
    before = dict(finder.by_method)

    assert finder.find("/n1/v/y", "GET") is not None

    changed = {key for key, find in finder.by_method.items() if find is not before[key]}
    assert changed == {"GET"}
    assert set(before) == {"GET", "HEAD", "", None}


def test_a_branch_is_compiled_at_the_first_path_below_it(finder: Finder) -> None:
    finder.find("/none", "GET")
    assert len(set(ways_of(finder).values())) == 1

    for _ in range(2):
        match = finder.find("/n1/v/y", "GET")
        assert match is not None
        assert match.handler == "n1"

    compiled = {name: way.__name__ for name, way in ways_of(finder).items()}
    assert compiled == {**dict.fromkeys(NAMES, "first"), "n1": "below_n1"}


def test_methods_that_no_route_names_leave_nothing_behind(finder: Finder) -> None:
    for number in range(100):
        assert finder.find("/n1/v/y", f"METHOD{number}") is None

    assert set(finder.by_method) == {"GET", "HEAD", "", None}


def test_threads_may_meet_at_the_first_path(finder: Finder) -> None:
    barrier = threading.Barrier(8)
    found: list[list[Any]] = []

    def look_up() -> None:
        barrier.wait()
        found.append([finder.find(f"/{name}/v/y", "GET") for name in NAMES])

    threads = [threading.Thread(target=look_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [[match.handler for match in matches] for matches in found] == [NAMES] * 8


def test_a_traceback_shows_the_lines_of_a_function() -> None:
    def fail(_: str) -> None:
        raise RuntimeError("from a converter")

    router = Router(converters={"fail": Converter(fail)})
    for name in NAMES:
        router.add(f"/{name}/:x<fail>/y", name)

    with pytest.raises(RuntimeError) as caught:
        router.match("/n1/v/y")

    shown = "".join(traceback.format_exception(caught.value))
    assert "in below_n1\n" in shown
    assert "(p2)  # :x<fail>\n" in shown


def test_the_source_is_all_of_it_though_nothing_has_run(finder: Finder) -> None:
    source = finder.write_source("GET")

    assert source.startswith("# GET: /\ndef find(path):\n")
    assert all(f"# GET: /{name}\ndef below_{name}(parts, n):\n" in source for name in NAMES)


def test_a_huge_table_costs_its_first_path_little() -> None:
    router = Router()
    for at in range(3000):
        router.add(f"/n{at}/:a/m{at}/:b", at)
    finder = Finder(router.routes())

    match = finder.find("/n7/v/m7/w", None)

    assert match is not None
    assert match.handler == 7
    find: Any = finder.by_method[None]
    compiled = [way for way in find.__globals__["ways_1"].values() if way.__name__ != "first"]
    assert len(compiled) == 1
