"""groundup_testing.contracts: small parts that pass, and for each check a part that does not.

The parts here are written for these tests; those of the framework are held to the contracts where
the framework is put together.
"""

import asyncio
import concurrent.futures
import copy
import inspect
import re
import secrets
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from groundup_messages import Response
from groundup_testing.contracts import (
    Contract,
    ContractError,
    check_errors,
    check_pipeline,
    check_router,
    check_sessions,
)


class Router:
    """Regular expressions, sorted by how exact they are."""

    rank: ClassVar = {":": 1, "*": 2}

    def __init__(self) -> None:
        self.routes: list[tuple[Any, str, re.Pattern[str], Any, Any]] = []

    def add(self, pattern: str, handler: Any, *, methods: Any = None, name: Any = None) -> None:
        parts = pattern.split("/")
        expression = "/".join(self.expression(part) for part in parts)
        key = [self.rank.get(part[:1], 0) for part in parts]
        self.routes.append((key, pattern, re.compile(expression), handler, methods))
        self.routes.sort(key=lambda route: route[0])

    def expression(self, part: str) -> str:
        if part == "*":
            return "(?P<rest>.+)"
        return f"(?P<{part[1:]}>[^/]+)" if part[:1] == ":" else re.escape(part)

    def match(self, path: str, method: str | None = None) -> Any:
        for _, _, expression, handler, methods in self.routes:
            found = expression.fullmatch(path)
            if found and (method is None or methods is None or method in methods):
                params = found.groupdict()
                if "rest" in params:
                    params["*"] = params.pop("rest")
                return {"handler": handler, "params": params}
        return None


class FullRouter(Router):
    def allowed_methods(self, path: str) -> set[str]:
        return {
            method
            for _, _, expression, _, methods in self.routes
            if expression.fullmatch(path)
            for method in methods
        }

    def url_for(self, name: str, **params: str) -> str:
        return "/users/" + params["id"].replace(" ", "%20")


class Sessions:
    def __init__(self) -> None:
        self.data: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()

    def create(self) -> str:
        session_id = secrets.token_urlsafe(32)
        self.data[session_id] = {}
        return session_id

    def get(self, session_id: str, key: str, default: Any = None) -> Any:
        return self.data.get(session_id, {}).get(key, default)

    def set(self, session_id: str, key: str, value: Any) -> None:
        with self.lock:
            self.data[session_id][key] = value

    def delete(self, session_id: str, key: str) -> None:
        self.data[session_id].pop(key, None)

    def expire(self, session_id: str) -> None:
        self.data.pop(session_id, None)

    def exists(self, session_id: str) -> bool:
        return session_id in self.data


class Errors:
    def __init__(self) -> None:
        self.handlers: dict[Any, Any] = {}

    def register(self, key: Any, handler: Any) -> None:
        self.handlers[key] = handler

    def dispatch(self, error: Exception, request: Any) -> Any:
        status = getattr(error, "status", 500)
        for key in (*type(error).__mro__, status):
            if key in self.handlers:
                return self.handlers[key](error, request)
        return Response(status, "sorry")


class Pipeline:
    """Every plain layer in a thread of its own: simple, and good enough for a test."""

    def __init__(self) -> None:
        self.layers: list[Any] = []

    def use(self, layer: Any) -> Any:
        self.layers.append(layer)
        return layer

    def compile(self, handler: Any) -> Callable[[Any], Any]:
        async def run(request: Any) -> Any:
            return await self.step(request, handler, 0)

        return run

    async def step(self, request: Any, handler: Any, place: int) -> Any:
        if place == len(self.layers):
            result = handler(request)
            return await result if inspect.isawaitable(result) else result
        layer, loop = self.layers[place], asyncio.get_running_loop()
        if inspect.iscoroutinefunction(layer):
            return await layer(request, lambda: self.step(request, handler, place + 1))

        def call_next() -> Any:
            inner = self.step(request, handler, place + 1)
            return asyncio.run_coroutine_threadsafe(inner, loop).result()

        done: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def work() -> None:
            try:
                done.set_result(layer(request, call_next))
            except BaseException as error:  # noqa: BLE001 - also that the request is cancelled
                if not done.cancelled():
                    done.set_exception(error)

        threading.Thread(target=work).start()
        return await asyncio.wrap_future(done)


@pytest.mark.parametrize(
    ("contract", "make"),
    [
        (check_router, Router),
        (check_router, FullRouter),
        (check_sessions, Sessions),
        (check_errors, Errors),
        (check_pipeline, Pipeline),
    ],
)
def test_parts_that_do_what_they_must_pass(contract: Contract, make: Any) -> None:
    contract(make)

    assert all(error is None for _, error in contract.report(make))
    assert all(check.description for check in contract)


# -- parts with one mistake each -------------------------------------------------------------------


class PrefixRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        return super().match(path.removesuffix("2"), method)


class GreedyRouter(Router):
    def expression(self, part: str) -> str:
        return super().expression(part).replace("[^/]+", ".*")


class LastWordRouter(Router):
    rank: ClassVar = {":": 0, "*": 2, "": 0}

    def add(self, pattern: str, handler: Any, *, methods: Any = None, name: Any = None) -> None:
        super().add(pattern, handler, methods=methods, name=name)
        self.routes.sort(key=lambda route: "*" in route[1])


class WildRouter(Router):
    rank: ClassVar = {":": 2, "*": 1}


class NumberRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        found = super().match(path, method)
        if found and len(found["params"]) > 1:
            found["params"].popitem()
        return found


class NoMethodRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        return super().match(path)


class GetRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        found = super().match(path, method)
        return None if method == "PUT" else found


class CallingRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        found = super().match(path, method)
        if found and callable(found["handler"]):
            found["handler"]()
        return found


class LooseRouter(FullRouter):
    def allowed_methods(self, path: str) -> set[str]:
        return {"GET", "POST"}


class LostRouter(FullRouter):
    def url_for(self, name: str, **params: str) -> str:
        return f"/{name}/{params['id']}/"


class StaticRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        return super().match(path, method) or None if path != "/users/new" else None


class NamelessRouter(Router):
    def match(self, path: str, method: str | None = None) -> Any:
        found = super().match(path, method)
        if found and "*" in found["params"]:
            found["params"]["*"] = found["params"]["*"].rpartition("/")[2]
        return found


class HastyRouter(Router):
    """Never comes back from a static segment."""

    def match(self, path: str, method: str | None = None) -> Any:
        found = super().match(path, method)
        for _, pattern, _, _, _ in self.routes:
            static = pattern.count(":") == 0 and path.startswith(f"{pattern}/")
            if static and pattern != "/" and found and ":" in found["handler"]:
                return None
        return found


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (HastyRouter, "a static segment that leads nowhere is given up"),
        (StaticRouter, "a static path finds its handler"),
        (PrefixRouter, "an unknown path is none"),
        (GreedyRouter, "a parameter takes one segment"),
        (NumberRouter, "several parameters have their names"),
        (NamelessRouter, "a wildcard takes the rest"),
        (LastWordRouter, "static goes before parameter in any order"),
        (WildRouter, "parameter goes before wildcard"),
        (NoMethodRouter, "methods tell handlers apart"),
        (GetRouter, "a handler for all methods is found by each"),
        (CallingRouter, "handlers may be anything"),
        (LooseRouter, "allowed methods when it has them"),
        (LostRouter, "url for when it has it"),
    ],
)
def test_a_router_with_a_mistake_fails(make: Any, name: str) -> None:
    assert name in failing(check_router, make)


class TextSessions(Sessions):
    def set(self, session_id: str, key: str, value: Any) -> None:
        super().set(session_id, key, str(value))


class LoudSessions(Sessions):
    def get(self, session_id: str, key: str, default: Any = None) -> Any:
        return self.data.get(session_id, {}).get(key, "")


class OneSession(Sessions):
    def __init__(self) -> None:
        super().__init__()
        self.all: dict[str, Any] = {}

    def create(self) -> str:
        session_id = super().create()
        self.data[session_id] = self.all
        return session_id


class CountingSessions(Sessions):
    def create(self) -> str:
        self.data[session_id := str(len(self.data))] = {}
        return session_id


class FirstSessions(Sessions):
    def set(self, session_id: str, key: str, value: Any) -> None:
        self.data[session_id].setdefault(key, value)


class UndeadSessions(Sessions):
    def expire(self, session_id: str) -> None:
        self.data[session_id] = {}


class WelcomingSessions(Sessions):
    def set(self, session_id: str, key: str, value: Any) -> None:
        self.data.setdefault(session_id, {})[key] = value


class CopyingSessions(Sessions):
    def set(self, session_id: str, key: str, value: Any) -> None:
        copy = {**self.data[session_id], key: value}
        threading.Event().wait(0.01)
        self.data[session_id] = copy


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (TextSessions, "what is stored comes back"),
        (LoudSessions, "what is not there is the default"),
        (OneSession, "sessions are apart"),
        (CountingSessions, "ids cannot be guessed"),
        (FirstSessions, "a value can be changed and deleted"),
        (UndeadSessions, "an expired session is gone"),
        (WelcomingSessions, "an unknown id is no session"),
        (CopyingSessions, "two changes at once are both kept"),
    ],
)
def test_sessions_with_a_mistake_fail(make: Any, name: str) -> None:
    assert name in failing(check_sessions, make)


class ExactErrors(Errors):
    def dispatch(self, error: Exception, request: Any) -> Any:
        handler = self.handlers.get(type(error)) or self.handlers.get(getattr(error, "status", 0))
        return handler(error, request) if handler else Response(getattr(error, "status", 500), "")


class FirstErrors(Errors):
    def register(self, key: Any, handler: Any) -> None:
        self.handlers.setdefault(key, handler)


class TalkingErrors(Errors):
    def dispatch(self, error: Exception, request: Any) -> Any:
        found = super().dispatch(error, request)
        if isinstance(error, RuntimeError):
            found.set_body(str(error))
        return found


class PlainErrors(Errors):
    def dispatch(self, error: Exception, request: Any) -> Any:
        found = super().dispatch(error, request)
        if inspect.iscoroutine(found):
            found.close()
            return Response(500, "")
        return found


class DeafErrors(Errors):
    def dispatch(self, error: Exception, request: Any) -> Any:
        return Response(500, "sorry")


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (ExactErrors, ["the nearest class wins"]),
        (FirstErrors, ["the last registration counts"]),
        (TalkingErrors, ["any other error is 500 and tells nothing"]),
        (PlainErrors, ["a handler may be async"]),
        (
            DeafErrors,
            [
                "a handler answers its class",
                "a status may be registered",
                "an error with a status has it",
            ],
        ),
    ],
)
def test_errors_with_a_mistake_fail(make: Any, names: list[str]) -> None:
    assert set(names) <= set(failing(check_errors, make))


class ReversedPipeline(Pipeline):
    def use(self, layer: Any) -> Any:
        self.layers.insert(0, layer)


class BarePipeline(Pipeline):
    async def step(self, request: Any, handler: Any, place: int) -> Any:
        return await super().step(request, handler, len(self.layers))


class AsyncPipeline(Pipeline):
    async def step(self, request: Any, handler: Any, place: int) -> Any:
        kind = handler if place == len(self.layers) else self.layers[place]
        if not inspect.iscoroutinefunction(kind):
            raise TypeError("async functions only")
        return await super().step(request, handler, place)


class CatchingPipeline(Pipeline):
    async def step(self, request: Any, handler: Any, place: int) -> Any:
        try:
            return await super().step(request, handler, place)
        except LookupError:
            return Response(500, "caught by the pipeline")


class CopyingPipeline(Pipeline):
    """Gives each layer a request of its own, and the outer ones a response of its own."""

    async def step(self, request: Any, handler: Any, place: int) -> Any:
        response = await super().step(copy.copy(request), handler, place)
        return Response(response.status, response.body)


class CountingPipeline(Pipeline):
    """Knows by a counter how far the request is, so nobody gets anywhere twice."""

    reached = -1

    async def step(self, request: Any, handler: Any, place: int) -> Any:
        self.reached += 1
        return await super().step(request, handler, min(self.reached, len(self.layers)))


class SmallPipeline(Pipeline):
    running = 0

    def compile(self, handler: Any) -> Callable[[Any], Any]:
        run = super().compile(handler)

        async def few(request: Any) -> Any:
            if self.running == 10:
                raise RuntimeError("no thread is left")
            self.running += 1
            return await run(request)

        return few


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (ReversedPipeline, ["layers go around each other"]),
        (BarePipeline, ["a layer may answer by itself", "plain and async layers mix"]),
        (AsyncPipeline, ["without layers the handler answers", "plain and async layers mix"]),
        (
            CatchingPipeline,
            ["an error goes outwards through next", "an error that nobody catches comes out"],
        ),
        (CopyingPipeline, ["what a layer changes is seen"]),
        (CountingPipeline, ["next may be called again"]),
        (SmallPipeline, ["many requests go side by side"]),
    ],
)
def test_a_pipeline_with_a_mistake_fails(make: Any, names: list[str]) -> None:
    assert set(names) <= set(failing(check_pipeline, make))


def failing(contract: Contract, make: Any) -> list[str]:
    """Return the names of the checks that a part does not pass."""
    return [check.name for check, error in contract.report(make) if error is not None]


# -- the machinery ---------------------------------------------------------------------------------


def test_all_failures_are_in_one_error() -> None:
    with pytest.raises(ContractError) as caught:
        check_router(LooseRouter)

    assert "a router must pass its checks, 1 failed" in str(caught.value)
    assert "allowed methods when it has them: AssertionError: allowed methods of nothing" in str(
        caught.value
    )
    assert [str(check) for check, _ in caught.value.failures] == [
        "allowed methods when it has them"
    ]


def test_what_a_part_raises_is_a_failure_too() -> None:
    names = failing(check_sessions, object)

    assert len(names) == len(list(check_sessions))
