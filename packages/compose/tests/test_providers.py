"""groundup_compose.providers: by name first, by annotation if it says enough."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from groundup_compose import InjectionError, Injector, inject
from groundup_compose.providers import Registry, read_gift, read_wants
from groundup_middleware import Pipeline
from groundup_response import Response

if TYPE_CHECKING:
    from decimal import Decimal


class Connection:
    def __init__(self, place: str = "made") -> None:
        self.place = place


class Repository:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection


async def answer(injector: Injector, handler: Callable[..., Any]) -> str:
    return (await Pipeline([injector]).handle(None, inject(handler))).text


async def open_async() -> AsyncIterator[Connection]:
    yield Connection("async generator")


def open_sync() -> Iterator[Connection]:
    yield Connection("generator")


async def connect_async() -> Connection:
    return Connection("async")


def connect_sync() -> Annotated[Connection, "pooled"]:
    return Connection("sync")


async def ask(request: Any, c: Connection) -> Response:
    return Response(200, c.place)


@pytest.mark.parametrize(
    ("provider", "place"),
    [
        (open_async, "async generator"),
        (open_sync, "generator"),
        (connect_async, "async"),
        (connect_sync, "sync"),
        (Connection, "made"),
    ],
)
async def test_what_a_provider_gives_is_found_by_its_class(
    provider: Callable[..., Any], place: str
) -> None:
    assert await answer(Injector(db=provider), ask) == place


async def test_the_name_comes_first() -> None:
    injector = Injector(db=connect_async, c=lambda: Connection("by name"))

    assert await answer(injector, ask) == "by name"


async def test_providers_ask_by_annotation_too() -> None:
    injector = Injector()
    injector.provide(Connection)
    injector.provide(Repository)

    async def handler(request: Any, posts: Repository, c: Connection) -> Response:
        return Response(200, str(posts.connection is c))

    assert await answer(injector, handler) == "True"


async def test_text_annotations_are_looked_up() -> None:
    async def handler(request: "Any", c: "Connection") -> Response:
        return Response(200, c.place)

    assert await answer(Injector(db=Connection), handler) == "made"


async def test_an_annotation_for_type_checkers_only_is_no_hindrance() -> None:
    async def handler(request: Any, price: "Decimal", c: Any) -> Response:
        return Response(200, f"{price} {c.place}")

    assert await answer(Injector(price=lambda: 7, c=Connection), handler) == "7 made"


async def test_two_of_one_class_must_be_asked_for_by_name() -> None:
    injector = Injector(reader=connect_async, writer=connect_sync)

    with pytest.raises(
        InjectionError,
        match="asks for a Connection: name the parameter as one of 'reader', 'writer'",
    ):
        await answer(injector, ask)

    async def by_name(request: Any, writer: Connection) -> Response:
        return Response(200, writer.place)

    assert await answer(injector, by_name) == "sync"


async def test_builtin_classes_say_too_little() -> None:
    def greeting() -> str:
        return "Hello"

    async def handler(request: Any, name: str) -> Response:
        return Response(200, name)

    with pytest.raises(InjectionError, match="asks for 'name', which nobody provides"):
        await answer(Injector(greeting=greeting), handler)


def test_a_class_that_asks_for_itself_is_a_circle() -> None:
    def renew(connection: Connection) -> Connection:
        return connection

    registry = Registry()
    registry.add("db", renew, per_app=False)

    with pytest.raises(InjectionError, match="circle: db → db"):
        registry.check()


def test_without_an_annotation_nothing_is_known() -> None:
    def untyped(db: Any, *more: Any, color: Any = "red", **rest: Any) -> Any: ...

    assert [(want.name, want.type, want.required) for want in read_wants(untyped)] == [
        ("db", None, True),
        ("color", None, False),
    ]
    assert read_gift(untyped) is None
    assert read_gift(lambda: 1) is None
