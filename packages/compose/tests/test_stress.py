"""Layers made of layers, at random, under load: the same as the plain chain that they stand for.

``stack(a, b)`` is a and then b, ``when(true, a)`` is a, ``unless(true, a)`` is nothing, and
``parallel(a)`` is a: so any tree of them can be written as a flat chain.  Both must answer alike,
with any mix of colours, on one to three threads, with errors and short cuts.  ``GROUNDUP_STRESS``
sets how many trees there are.
"""

import asyncio
import os
import random
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from groundup_compose import parallel, stack, unless, when
from groundup_middleware import Handler, Layer, Pipeline, nonblocking
from groundup_response import Response

TREES = int(os.environ.get("GROUNDUP_STRESS", "15"))

trail: ContextVar[str] = ContextVar("trail", default="")


class BrokenError(Exception):
    pass


def always(_request: Any) -> bool:
    return True


class Grower:
    """Grow a tree of layers, and write down the flat chain that it stands for."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.flat: list[Layer] = []

    def grow(self, depth: int) -> Layer:
        kind = self.choose.choice(["leaf", "stack", "when", "unless", "parallel"])
        if depth == 0 or kind == "leaf":
            self.flat.append(self.make_leaf())
            return self.flat[-1]
        if kind == "stack":
            return stack(*[self.grow(depth - 1) for _ in range(self.choose.randint(0, 3))])
        if kind == "unless":
            return unless(always, self.make_leaf())
        inner = self.grow(depth - 1)
        if kind == "when":
            return when(always, inner, otherwise=self.make_leaf())
        return parallel(inner)

    def make_leaf(self) -> Layer:
        name = "abcdefghijklmnopqrstuvwxyz"[len(self.flat) % 26]
        deed = self.choose.choice(["pass"] * 12 + ["raise", "cut", "catch"])
        return self.choose.choice([make_sync, make_async, make_inline])(name, deed)


def begin(name: str, deed: str) -> Response | None:
    trail.set(trail.get() + name)
    if deed == "raise":
        raise BrokenError(name)
    return Response(200, f"cut {trail.get()}") if deed == "cut" else None


def end(name: str, response: Response) -> Response:
    response.set_body(f"{response.text} {name}{trail.get()}")
    trail.set(trail.get() + name.upper())
    return response


def answer_error(deed: str, error: BrokenError) -> Response:
    if deed != "catch":
        raise error
    return Response(200, f"caught {error} {trail.get()}")


def make_sync(name: str, deed: str) -> Layer:
    def layer(request: Any, next: Any) -> Any:
        if (early := begin(name, deed)) is not None:
            return early
        try:
            return end(name, next())
        except BrokenError as error:
            return answer_error(deed, error)

    return layer


def make_async(name: str, deed: str) -> Layer:
    async def layer(request: Any, next: Any) -> Any:
        if (early := begin(name, deed)) is not None:
            return early
        try:
            return end(name, await next())
        except BrokenError as error:
            return answer_error(deed, error)

    return layer


def make_inline(name: str, deed: str) -> Layer:
    @nonblocking
    def layer(request: Any, next: Any) -> Any:
        return begin(name, deed) or next()

    return layer


def sync_handler(request: Any) -> Response:
    trail.set(trail.get() + "!")
    return Response(200, f"<{trail.get()}>")


async def async_handler(request: Any) -> Response:
    await asyncio.sleep(0)
    return sync_handler(request)


async def collect(pipeline: Pipeline, handler: Handler[Any], count: int) -> set[tuple[str, str]]:
    """Return the different answers, and trails in the context, of so many requests at once."""
    compiled = pipeline.compile(handler)

    async def one() -> tuple[str, str]:
        trail.set("")
        try:
            return (await compiled(None)).text, trail.get()
        except BrokenError as error:
            return f"broken {error}", trail.get()

    tasks = [asyncio.create_task(one()) for _ in range(count)]
    return set(await asyncio.wait_for(asyncio.gather(*tasks), 60))


def collect_sync(pipeline: Pipeline, handler: Handler[Any]) -> tuple[str, str]:
    trail.set("")
    try:
        return pipeline.run_sync(None, handler).text, trail.get()
    except BrokenError as error:
        return f"broken {error}", trail.get()


@pytest.mark.parametrize("seed", range(TREES))
@pytest.mark.parametrize("handler", [sync_handler, async_handler])
async def test_a_tree_of_layers_is_the_chain_that_it_stands_for(
    seed: int, handler: Callable[..., Any]
) -> None:
    grower = Grower(seed)
    tree = [grower.grow(3) for _ in range(4)]
    threads = grower.choose.randint(1, 3)
    composed, flat = Pipeline(tree, threads=threads), Pipeline(grower.flat, threads=threads)

    expected = await collect(flat, handler, 1)

    assert await collect(composed, handler, 60) == expected
    assert {await asyncio.to_thread(collect_sync, composed, handler)} == expected
    assert composed.pool.threads <= threads
    for pipeline in (composed, flat):
        pipeline.pool.close()
