"""groundup_router.places: the line that a conflict names is the one to look at."""

from typing import Any

from groundup_router import Router


def test_the_place_is_the_line_that_calls_add() -> None:
    route = Router().add("/", None)

    file, line = route.place.split(":")
    assert file == "test_places.py"
    assert int(line) == test_the_place_is_the_line_that_calls_add.__code__.co_firstlineno + 1


def test_groups_are_looked_through() -> None:
    route = Router().group("/a").group("/b").add("/c", None)

    assert route.place.startswith("test_places.py:")


def test_a_module_that_adds_for_others_is_looked_through() -> None:
    names: dict[str, Any] = {"__name__": "framework", "__adds_routes__": True}
    exec(
        compile("def get(router):\n    return router.add('/', None)", "framework.py", "exec"), names
    )

    route = names["get"](Router())

    assert route.place.startswith("test_places.py:")
