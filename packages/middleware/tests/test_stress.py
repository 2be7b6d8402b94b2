"""Any chain, under load, does what a straight line of plain calls does, and leaves nothing behind.

Chains are drawn at random: up to twelve layers, sync, async or marked, on one to three threads.
Five hundred requests run through each at once, and each brings a plan of its own: what every layer
does for it (pass on, answer, raise, catch, call ``next`` twice, cross into the other colour).  The
model runs the same plan as one recursive function without any pipeline.  ``GROUNDUP_STRESS`` sets
how many chains there are: ``GROUNDUP_STRESS=2000 pytest tests/test_stress.py``.
"""

import asyncio
import gc
import os
import random
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeAlias

import pytest

from groundup_middleware import (
    Handler,
    Layer,
    Pipeline,
    ThreadPool,
    call_in_thread,
    call_on_loop,
    nonblocking,
)
from groundup_middleware.lease import current_lease
from groundup_response import Response

Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]

CHAINS = int(os.environ.get("GROUNDUP_STRESS", "10"))
REQUESTS = 500
DEEDS = ("pass",) * 8 + ("cross",) * 3 + ("catch",) * 2 + ("cut", "raise", "twice")

trail: ContextVar[str] = ContextVar("trail", default="")


class BrokenError(Exception):
    pass


class Plan:
    """A request: what each layer and the handler will do for it."""

    def __init__(self, choose: random.Random, depth: int) -> None:
        self.deeds = choose.choices(DEEDS, k=depth)
        while self.deeds.count("twice") > 2:  # each one doubles what is below it
            self.deeds[self.deeds.index("twice")] = "pass"
        self.handler = choose.choice(("pass", "pass", "pass", "cross", "raise"))


class Spec(NamedTuple):
    level: int
    colour: str  # S, A or I

    @property
    def name(self) -> str:
        return "abcdefghijkl"[self.level]

    def begin(self, deed: str) -> Response | None:
        trail.set(trail.get() + self.name)
        if deed == "cut":
            return Response(200, f"cut {trail.get()}")
        if deed == "raise":
            raise BrokenError(self.name)
        return None

    def end(self, response: Response) -> Response:
        response.set_body(f"{response.text} {self.name}{trail.get()}")
        trail.set(trail.get() + self.name.upper())
        return response

    def caught(self, error: BrokenError) -> Response:
        return Response(200, f"caught {error} {trail.get()}")


def change() -> None:
    trail.set(trail.get() + "+")


async def change_async() -> None:
    await asyncio.sleep(0)
    trail.set(trail.get() + "+")


def run_straight(spec: Spec, deed: str, cross: Callable[[], None], go: Callable[[], Any]) -> Any:
    """One layer as plain calls: what the model does, and what a sync layer does."""
    if (early := spec.begin(deed)) is not None:
        return early
    if deed == "cross":
        cross()
    if spec.colour == "I":
        return go()
    try:
        if deed == "twice":
            go()
        response = go()
    except BrokenError as error:
        if deed != "catch":
            raise
        return spec.caught(error)
    return spec.end(response)


async def run_awaiting(spec: Spec, deed: str, go: Callable[[], Awaitable[Response]]) -> Response:
    """The same for an async layer."""
    if (early := spec.begin(deed)) is not None:
        return early
    if deed == "cross":
        await call_in_thread(change)
    try:
        if deed == "twice":
            await go()
        response = await go()
    except BrokenError as error:
        if deed != "catch":
            raise
        return spec.caught(error)
    return spec.end(response)


def make_layer(spec: Spec) -> Layer:
    def cross() -> None:
        call_on_loop(change_async)

    def sync_layer(request: Plan, next: Any) -> Any:
        return run_straight(spec, request.deeds[spec.level], cross, next)

    def inline_layer(request: Plan, next: Any) -> Any:
        return run_straight(spec, request.deeds[spec.level], change, next)

    async def async_layer(request: Plan, next: Any) -> Any:
        return await run_awaiting(spec, request.deeds[spec.level], next)

    if spec.colour == "I":
        return nonblocking(inline_layer)
    return sync_layer if spec.colour == "S" else async_layer


def finish(request: Plan) -> Response:
    trail.set(trail.get() + "H")
    if request.handler == "raise":
        raise BrokenError("handler")
    return Response(200, f"<{trail.get()}>")


def sync_handler(request: Plan) -> Response:
    if request.handler == "cross":
        call_on_loop(change_async)
    return finish(request)


async def async_handler(request: Plan) -> Response:
    if request.handler == "cross":
        await call_in_thread(change)
    await asyncio.sleep(0)
    return finish(request)


def expect(specs: list[Spec], plan: Plan) -> tuple[str, str]:
    """Return the answer of the model, and the trail that it leaves in the context."""

    def go(index: int) -> Response:
        if index == len(specs):
            if plan.handler == "cross":
                change()
            return finish(plan)
        deed = plan.deeds[index]
        response: Response = run_straight(specs[index], deed, change, lambda: go(index + 1))
        return response

    trail.set("")
    try:
        return go(0).text, trail.get()
    except BrokenError as error:
        return f"broken {error}", trail.get()


class Case:
    """One random chain, and the plans of its requests with what must come of them."""

    def __init__(self, seed: int) -> None:
        choose = self.choose = random.Random(seed)
        depth = choose.randint(1, 12)
        self.specs = [Spec(level, choose.choice("SSAAI")) for level in range(depth)]
        self.pipeline = Pipeline(map(make_layer, self.specs), threads=choose.randint(1, 3))
        handlers: list[Handler[Any]] = [sync_handler, async_handler]
        self.handler = choose.choice(handlers)
        self.compiled = self.pipeline.compile(self.handler)
        self.plans = [Plan(choose, depth) for _ in range(REQUESTS)]
        self.expected = [expect(self.specs, plan) for plan in self.plans]

    async def run(self, plan: Plan) -> tuple[str, str]:
        trail.set("")
        try:
            result = (await self.compiled(plan)).text, trail.get()
        except BrokenError as error:
            result = f"broken {error}", trail.get()
        assert current_lease.get() is None
        return result

    def run_sync(self, plan: Plan) -> tuple[str, str]:
        trail.set("")
        try:
            result = self.pipeline.run_sync(plan, self.handler).text, trail.get()
        except BrokenError as error:
            result = f"broken {error}", trail.get()
        assert current_lease.get() is None
        return result


async def probe_threads(pool: ThreadPool) -> set[str]:
    """Return what all threads of a pool have in their contexts."""
    found: list[str] = []
    everyone, done = threading.Barrier(pool.size), threading.Semaphore(0)

    def look() -> None:
        everyone.wait(10)
        found.append(f"{trail.get()}{current_lease.get() or ''}")
        done.release()

    for _ in range(pool.size):
        pool.submit(look)
    for _ in range(pool.size):
        await asyncio.to_thread(done.acquire, timeout=10)
    return set(found)


@pytest.mark.parametrize("seed", range(CHAINS))
async def test_any_chain_under_load_does_what_a_straight_line_does(seed: int) -> None:
    case = Case(seed)

    tasks = [asyncio.create_task(case.run(plan)) for plan in case.plans]
    results = await asyncio.wait_for(asyncio.gather(*tasks), 120)

    assert results == case.expected
    assert case.pipeline.pool.threads <= case.pipeline.pool.size
    assert await probe_threads(case.pipeline.pool) == {""}
    case.pipeline.pool.close()


@pytest.mark.parametrize("seed", range(CHAINS))
async def test_cancelled_requests_disturb_no_other_and_leave_nothing(
    seed: int, until: Until
) -> None:
    case = Case(seed + 1_000_000)
    pool, choose, loop = case.pipeline.pool, case.choose, asyncio.get_running_loop()
    others = set(asyncio.all_tasks())

    tasks = [asyncio.create_task(case.run(plan)) for plan in case.plans]
    victims = set(choose.sample(range(REQUESTS), REQUESTS // 3))
    for victim in victims:  # some before they begin, most in the middle, a few too late
        loop.call_later(choose.random() * 0.1, tasks[victim].cancel)
    await asyncio.wait_for(asyncio.wait(tasks), 120)

    cancelled = {index for index, task in enumerate(tasks) if task.cancelled()}
    assert cancelled <= victims
    for index in set(range(REQUESTS)) - cancelled:
        assert tasks[index].result() == case.expected[index]
    # What was parked in a cancelled request has woken, and its async parts have ended.
    await until(lambda: not pool.backlog and len(pool._state.idle) == pool.threads)
    await until(lambda: set(asyncio.all_tasks()) == others)
    assert await probe_threads(pool) == {""}
    leftovers = [weakref.ref(plan) for plan in case.plans]
    tasks.clear()
    case.plans.clear()
    await until(lambda: gc.collect() + 1 and not any(plan() for plan in leftovers))
    pool.close()
    await until(lambda: not pool.threads)


@pytest.mark.parametrize("seed", range(CHAINS))
def test_threads_without_a_loop_get_the_same_answers(seed: int) -> None:
    case = Case(seed + 2_000_000)

    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(case.run_sync, case.plans[:100], timeout=120))

    assert results == case.expected[:100]
    case.pipeline.pool.close()


async def test_a_hundred_slow_sync_handlers_take_three_rounds_of_forty_threads() -> None:
    lock, all_forty = threading.Lock(), threading.Event()
    running, peak, idents = 0, 0, set[int]()

    def slow(request: Any) -> Response:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
            idents.add(threading.get_ident())
            if running == 40:
                all_forty.set()
        all_forty.wait(30)  # however slowly the threads start: all of them are at work at once
        time.sleep(0.2)
        with lock:
            running -= 1
        return Response(204)

    before = threading.active_count()
    pipeline = Pipeline(pool=ThreadPool())
    tasks = [asyncio.create_task(pipeline.handle(None, slow)) for _ in range(100)]
    most = 0
    while not all(task.done() for task in tasks):
        most = max(most, threading.active_count() - before)
        await asyncio.sleep(0.01)  # the loop is free all the time

    assert {task.result().status for task in tasks} == {204}
    assert peak == 40
    assert len(idents) == 40
    assert most <= 40
    pipeline.pool.close()
