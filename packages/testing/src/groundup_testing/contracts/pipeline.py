"""Slot ``pipeline``: ``use(layer)`` and ``compile(handler)``, which gives one async function.

A layer is ``layer(request, next)``, plain or async.  A plain one calls ``next()`` and gets the
response; an async one awaits it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from groundup_messages import Request, Response
from groundup_testing.contracts.contract import Contract, Make, equal

__all__ = ["check_pipeline"]

check_pipeline = Contract("pipeline")

AT_ONCE = 60  # more than any usual number of threads


def plain_handler(request: Request) -> Response:
    """Answer, and block for it."""
    return Response(200, request.path)


async def async_handler(request: Request) -> Response:
    """Answer after a turn of the loop."""
    await asyncio.sleep(0)
    return Response(200, request.path)


def plain_layer(name: str, story: list[str]) -> Callable[..., Any]:
    """Return a layer that notes its way in and out."""

    def layer(_request: Request, next: Callable[[], Any]) -> Any:
        story.append(f"{name} in")
        response = next()
        story.append(f"{name} out {response.status}")
        return response

    return layer


def async_layer(name: str, story: list[str]) -> Callable[..., Any]:
    """Return the same as an async function."""

    async def layer(_request: Request, next: Callable[[], Any]) -> Any:
        story.append(f"{name} in")
        response = await next()
        story.append(f"{name} out {response.status}")
        return response

    return layer


@check_pipeline.add
async def without_layers_the_handler_answers(make: Make) -> None:
    """An empty pipeline adds nothing."""
    for handler in (plain_handler, async_handler):
        response = await make().compile(handler)(Request("GET", "/there"))
        equal((response.status, response.text), (200, "/there"), "answer")


@check_pipeline.add
async def layers_go_around_each_other(make: Make) -> None:
    """The first one used is the outermost, on the way in and on the way out."""
    for one, other in ((plain_layer, plain_layer), (async_layer, async_layer)):
        story: list[str] = []
        pipeline = make()
        pipeline.use(one("first", story))
        pipeline.use(other("second", story))
        await pipeline.compile(async_handler)(Request())
        wanted = ["first in", "second in", "second out 200", "first out 200"]
        equal(story, wanted, "order")


@check_pipeline.add
async def plain_and_async_layers_mix(make: Make) -> None:
    """Each kind may stand around each other kind and around each kind of handler."""
    for handler in (plain_handler, async_handler):
        for kinds in ((plain_layer, async_layer, plain_layer), (async_layer, plain_layer)):
            story: list[str] = []
            pipeline = make()
            for place, kind in enumerate(kinds):
                pipeline.use(kind(str(place), story))
            await pipeline.compile(handler)(Request())
            inwards = [f"{place} in" for place in range(len(kinds))]
            outwards = [f"{place} out 200" for place in reversed(range(len(kinds)))]
            equal(story, inwards + outwards, "order")


@check_pipeline.add
async def a_layer_may_answer_by_itself(make: Make) -> None:
    """What does not call ``next`` ends the way, and those outside see its answer."""

    def refuse(_request: Request, _next: Callable[[], Any]) -> Response:
        return Response(401, "log in")

    story: list[str] = []
    pipeline = make()
    pipeline.use(async_layer("outer", story))
    pipeline.use(refuse)
    pipeline.use(async_layer("inner", story))
    response = await pipeline.compile(async_handler)(Request())
    equal((response.status, response.text), (401, "log in"), "answer")
    equal(story, ["outer in", "outer out 401"], "way")


@check_pipeline.add
async def what_a_layer_changes_is_seen(make: Make) -> None:
    """The request on its way in by those inside, the response on its way out by those outside."""

    def mark(request: Request, next: Callable[[], Any]) -> Any:
        request.path += "/marked"
        response = next()
        response.set_header("X-Marked", "yes")
        return response

    pipeline = make()
    pipeline.use(mark)
    response = await pipeline.compile(plain_handler)(Request("GET", "/there"))
    equal(response.text, "/there/marked", "path that the handler sees")
    equal(response.headers.get("X-Marked"), "yes", "field of the response")


@check_pipeline.add
async def next_may_be_called_again(make: Make) -> None:
    """A layer that tries again runs everything inside of it once more, the layers too."""
    for handler in (plain_handler, async_handler):
        story: list[str] = []

        async def twice(_request: Request, next: Callable[[], Any]) -> Any:
            await next()
            return await next()

        pipeline = make()
        pipeline.use(twice)
        pipeline.use(plain_layer("inner", story))
        pipeline.use(async_layer("innermost", story))
        response = await pipeline.compile(handler)(Request("GET", "/there"))
        equal(response.text, "/there", "answer")
        once = ["inner in", "innermost in", "innermost out 200", "inner out 200"]
        equal(story, once * 2, "way")


@check_pipeline.add
async def an_error_goes_outwards_through_next(make: Make) -> None:
    """A layer may catch what is raised inside of it, plain or async."""

    def broken(_request: Request) -> Response:
        raise LookupError("inside")

    def catch(_request: Request, next: Callable[[], Any]) -> Any:
        try:
            return next()
        except LookupError as error:
            return Response(500, f"caught {error}")

    pipeline = make()
    pipeline.use(catch)
    pipeline.use(async_layer("between", []))
    response = await pipeline.compile(broken)(Request())
    equal(response.text, "caught inside", "answer")


@check_pipeline.add
async def an_error_that_nobody_catches_comes_out(make: Make) -> None:
    """The pipeline itself makes no answers."""

    async def broken(_request: Request) -> Response:
        raise LookupError("inside")

    pipeline = make()
    pipeline.use(plain_layer("around", []))
    try:
        response = await pipeline.compile(broken)(Request())
    except LookupError:
        return
    raise AssertionError(f"the error must come out, got {response!r}")


@check_pipeline.add
async def many_requests_go_side_by_side(make: Make) -> None:
    """Plain layers around an async handler that waits: more requests than threads must not hang."""
    arrived = 0
    all_there = asyncio.Event()

    async def wait(request: Request) -> Response:
        nonlocal arrived
        arrived += 1
        if arrived == AT_ONCE // 2:
            all_there.set()
        await all_there.wait()
        return Response(200, request.path)

    pipeline = make()
    pipeline.use(async_layer("outer", []))
    pipeline.use(plain_layer("inner", []))
    run = pipeline.compile(wait)
    async with asyncio.timeout(20):
        responses = await asyncio.gather(*(run(Request("GET", f"/{n}")) for n in range(AT_ONCE)))
    found = [response.text for response in responses]
    equal(found, [f"/{number}" for number in range(AT_ONCE)], "answers")
