"""groundup_compose.inject: by name, one for each life, closed in reverse order."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest

from groundup_compose import InjectionError, Injector, inject, parallel
from groundup_middleware import Pipeline
from groundup_response import Response


def ask_a(a: Any) -> Any: ...
def ask_b(b: Any) -> Any: ...
def ask_missing(missing: Any) -> Any: ...
def ask_request(request: Any) -> Any: ...
def ask_short(short: Any) -> Any: ...


async def test_a_handler_gets_what_it_asks_for() -> None:
    injector = Injector(greeting=lambda: "Hello")

    @injector.provide
    async def name(request: str) -> str:
        return request.title()

    @inject
    async def handler(request: str, greeting: str, name: str) -> Response:
        return Response(200, f"{greeting} {name}")

    assert (await Pipeline([injector]).handle("alice", handler)).text == "Hello Alice"


async def test_sync_handlers_and_layers_get_it_too() -> None:
    injector = Injector(limit=lambda: 3)

    @inject
    def layer(request: list[int], next: Any, limit: int) -> Any:
        request.append(limit)
        return next()

    @inject
    def handler(request: list[int], limit: int) -> Response:
        request.append(limit)
        return Response(200)

    request: list[int] = []
    pipeline = Pipeline([injector, layer])

    await pipeline.handle(request, handler)
    await asyncio.to_thread(pipeline.run_sync, request, handler)

    assert request == [3, 3, 3, 3]


async def test_dependencies_are_closed_in_reverse_order_after_the_response() -> None:
    events: list[str] = []
    injector = Injector()

    @injector.provide
    async def first() -> AsyncIterator[str]:
        events.append("open first")
        yield "1"
        events.append("close first")

    @injector.provide
    def second(first: str) -> Iterator[str]:
        events.append("open second")
        yield first + "2"
        events.append("close second")

    @inject
    async def handler(request: Any, second: str) -> Response:
        events.append(f"handler {second}")
        return Response(200)

    await Pipeline([injector]).handle(None, handler)

    assert events == ["open first", "open second", "handler 12", "close second", "close first"]


async def test_there_is_one_for_a_request_however_many_ask() -> None:
    made: list[int] = []
    injector = Injector()

    @injector.provide
    async def number() -> int:
        made.append(1)
        await asyncio.sleep(0)
        return len(made)

    @injector.provide
    def double(number: int) -> int:
        return number * 2

    @inject
    async def branch(request: Any, next: Any, number: int) -> Any:
        return await next()

    @inject
    async def handler(request: Any, number: int, double: int) -> Response:
        return Response(200, f"{number} {double}")

    pipeline = Pipeline([injector, parallel(branch, branch)])

    assert (await pipeline.handle(None, handler)).text == "1 2"
    assert (await pipeline.handle(None, handler)).text == "2 4"


async def test_what_nobody_asks_for_is_not_made() -> None:
    def expensive() -> None:
        raise AssertionError("must not be made")

    @inject
    async def handler(request: Any) -> Response:
        return Response(200)

    assert (await Pipeline([Injector(expensive=expensive)]).handle(None, handler)).status == 200


async def test_one_for_the_application_lives_until_it_is_closed() -> None:
    events: list[str] = []
    injector = Injector()

    async def connect() -> AsyncIterator[str]:
        events.append("open")
        yield "pool"
        events.append("close")

    injector.provide(connect, name="pool", per_app=True)

    @injector.provide
    def connection(pool: str) -> str:
        return f"from {pool}"

    @inject
    async def handler(request: Any, connection: str) -> Response:
        return Response(200, connection)

    pipeline = Pipeline([injector])
    requests = [pipeline.handle(None, handler) for _ in range(5)]
    texts = {response.text for response in await asyncio.gather(*requests)}

    assert (texts, events) == ({"from pool"}, ["open"])
    await injector.close()
    assert events == ["open", "close"]


async def test_a_dependency_hears_of_the_error() -> None:
    events: list[str] = []

    async def transaction() -> AsyncIterator[None]:
        try:
            yield
        except KeyError:
            events.append("async rollback")
            raise

    def sync_transaction() -> Iterator[None]:
        try:
            yield
        except KeyError:
            events.append("sync rollback")
            raise

    @inject
    async def handler(request: Any, transaction: None, sync_transaction: None) -> Response:
        raise KeyError("x")

    injector = Injector(transaction=transaction, sync_transaction=sync_transaction)
    with pytest.raises(KeyError):
        await Pipeline([injector]).handle(None, handler)

    assert events == ["sync rollback", "async rollback"]


async def test_a_dependency_must_not_swallow_the_error() -> None:
    async def careless() -> AsyncIterator[None]:
        with suppress(KeyError):
            yield

    @inject
    async def handler(request: Any, careless: None) -> Response:
        raise KeyError("x")

    with pytest.raises(InjectionError, match="raise again"):
        await Pipeline([Injector(careless=careless)]).handle(None, handler)


async def test_what_was_opened_is_closed_if_the_next_one_fails() -> None:
    events: list[str] = []

    async def first() -> AsyncIterator[None]:
        yield
        events.append("close first")

    def second(first: None) -> None:
        raise OSError

    @inject
    async def handler(request: Any, second: None) -> Response:
        return Response(200)

    with pytest.raises(OSError):  # noqa: PT011 - nothing more to say
        await Pipeline([Injector(first=first, second=second)]).handle(None, handler)

    # The error passed through it, so what comes after its yield was skipped, as in any generator.
    assert events == []


async def test_sync_providers_run_in_a_thread() -> None:
    threads: list[int] = []

    def connect() -> Iterator[None]:
        threads.append(threading.get_ident())
        yield
        threads.append(threading.get_ident())

    @inject
    async def handler(request: Any, connect: None) -> Response:
        return Response(200)

    await Pipeline([Injector(connect=connect)]).handle(None, handler)

    assert len(threads) == 2
    assert threading.get_ident() not in threads


async def test_a_default_stays_if_nobody_provides_it() -> None:
    @inject
    async def handler(request: Any, color: str = "red", shape: str = "round") -> Response:
        return Response(200, f"{color} {shape}")

    response = await Pipeline([Injector(shape=lambda: "square")]).handle(None, handler)

    assert response.text == "red square"


async def test_a_name_that_nobody_provides_is_named_with_its_asker() -> None:
    @inject
    async def handler(request: Any, missing: Any) -> Response:
        return Response(200)

    message = r"handler \(test_inject.py:\d+\) asks for 'missing'.*: there is other"
    with pytest.raises(InjectionError, match=message):
        await Pipeline([Injector(other=list)]).handle(None, handler)


async def test_without_an_injector_the_way_out_is_named() -> None:
    @inject
    async def handler(request: Any, db: Any) -> Response:
        return Response(200)

    with pytest.raises(InjectionError, match=r"pipeline.use\(injector\)"):
        await Pipeline().handle(None, handler)


@pytest.mark.parametrize(
    ("providers", "message"),
    [
        pytest.param({"a": ask_b, "b": ask_a}, "circle: a → b → a", id="circle"),
        pytest.param({"a": ask_a}, "circle: a → a", id="self"),
        pytest.param({"a": ask_missing}, "asks for 'missing'", id="missing"),
    ],
)
async def test_mistakes_are_found_before_the_first_request(
    providers: dict[str, Any], message: str
) -> None:
    with pytest.raises(InjectionError, match=message):
        await Pipeline([Injector(**providers)]).handle(None, lambda request: Response(200))


@pytest.mark.parametrize("need", ["request", "short"])
async def test_what_lives_long_cannot_ask_for_what_lives_short(need: str) -> None:
    injector = Injector(short=lambda: 1)
    providers: dict[str, Any] = {"request": ask_request, "short": ask_short}
    injector.provide(providers[need], name="long", per_app=True)

    with pytest.raises(InjectionError, match=f"'long' lives as long .* cannot ask for '{need}'"):
        await Pipeline([injector]).handle(None, lambda request: Response(200))


@pytest.mark.parametrize("name", ["request", "next", "no name"])
def test_some_names_are_taken(name: str) -> None:
    with pytest.raises(ValueError, match="name of its own"):
        Injector().provide(list, name=name)


def test_a_name_is_provided_once() -> None:
    injector = Injector(db=list)

    with pytest.raises(ValueError, match="'db' is provided twice"):
        injector.provide(list, name="db")


def test_a_function_without_request_is_refused() -> None:
    def handler(db: Any) -> None: ...

    with pytest.raises(TypeError, match="must take request"):
        inject(handler)
