"""groundup_templating.waiting: async values, and pages in parts."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from groundup_templating import (
    DictLoader,
    Environment,
    LimitError,
    Limits,
    TemplateError,
    UndefinedError,
)

ROWS = "{% for i in x %}<li>{{ i }}</li>\n{% endfor %}"


class Counter:
    """Something to iterate over that knows how far it has come."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.given = 0

    def __iter__(self) -> "Counter":
        return self

    def __next__(self) -> int:
        if self.given == self.count:
            raise StopIteration
        self.given += 1
        return self.given


async def fetch(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def count_to(limit: int) -> AsyncIterator[int]:
    for number in range(1, limit + 1):
        await asyncio.sleep(0)
        yield number


@pytest.fixture
def environment() -> Environment:
    parts = {
        "row.html": "[{{ fetch(i) }}]",
        "macros.html": "{% macro m(x) %}{{ fetch(x) }}{% endmacro %}",
    }
    environment = Environment(DictLoader(parts), globals={"fetch": fetch, "count_to": count_to})

    @environment.filter
    async def slow(value: str) -> str:
        return str(await fetch(value)) + "!"

    return environment


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ fetch('<') }}", "&lt;"),
        ("{{ fetch(1) + fetch(2) }}", "3"),
        ("{{ fetch(fetch(3)) }}", "3"),
        ("{{ fetch({'a': 1}).a }}", "1"),
        ("{{ box.get('a')('<b>') }}", "&lt;b&gt;"),
        ("{{ fetch('a') | upper }}", "A"),
        ("{{ 'a' | slow | upper }}", "A!"),
        ("{% if fetch(0) %}a{% elif fetch(1) %}b{% endif %}", "b"),
        ("{% set a = fetch(1) %}{{ a }}", "1"),
        ("{% set a %}{{ fetch(1) }}{% endset %}{{ a }}", "1"),
        ("{% for i in count_to(3) %}{{ i }}{{ loop.last }};{% endfor %}", "1False;2False;3True;"),
        ("{% for i in fetch([1, 2]) %}{{ i }}{% endfor %}", "12"),
        ("{% for i in coroutine %}{{ i }}{% endfor %}", "78"),
        ("{% for i in [0, 1, 2] if fetch(i) %}{{ i }}{% endfor %}", "12"),
        ("{% for i in count_to(2) %}{% include 'row.html' %}{% endfor %}", "[1][2]"),
        ("{% macro m(a=fetch(5)) %}{{ a }}{% endmacro %}{{ m() }}{{ m(fetch(6)) }}", "56"),
        (
            "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ fetch(1) }}{% endcall %}",
            "1",
        ),
        ("{% from 'macros.html' import m %}{{ m('<') }}", "&lt;"),
        ("{% import 'macros.html' as l with context %}{{ l.m('<') }}", "&lt;"),
        ("{% for n in tree recursive %}{{ fetch(n.v) }}{{ loop(n.c) }}{% endfor %}", "123"),
        ("{% filter upper %}{{ fetch('a') }}{% endfilter %}", "A"),
        ("<script>{{ fetch([1]) }}</script>", "<script>[1]</script>"),
        ("{{ [fetch(1), 2] | join('-') }}", "1-2"),
        ("{{ fetch(1) if fetch(true) else fetch(2) }}", "1"),
        ("{% trans n=fetch(2) %}one{% pluralize %}{{ n }} many{% endtrans %}", "2 many"),
    ],
)
async def test_calls_and_loops_are_waited_for(
    source: str, text: str, environment: Environment
) -> None:
    leaf: list[Any] = []
    tree = [{"v": 1, "c": [{"v": 2, "c": leaf}]}, {"v": 3, "c": leaf}]
    waiting = fetch([7, 8])
    context = {"box": {"a": fetch}, "tree": tree, "coroutine": waiting}

    rendered = await environment.from_string(source).render_async(context)
    waiting.close()

    assert rendered == text


async def test_environments_render_async(environment: Environment) -> None:
    assert await environment.render_async("row.html", i=3) == "[3]"


def test_what_is_async_must_be_waited_for(environment: Environment) -> None:
    template = environment.from_string("{{ 1 | slow }}")

    for render in (template.render, lambda: list(template.stream())):
        with pytest.raises(TemplateError, match=r"async|waited for"):
            render()


@pytest.mark.parametrize("part", [1, 100, 1000, 100_000])
def test_a_stream_has_the_same_text_in_parts(part: int) -> None:
    template = Environment().from_string(ROWS)
    numbers = range(1000)

    parts = list(template.stream({"x": numbers}, part=part))

    assert "".join(parts) == template.render(x=numbers)
    assert all(len(text) >= part - 1 for text in parts[:-1])
    assert len(parts) > 5 or part > 1000


def test_a_stream_is_written_while_it_is_read() -> None:
    numbers = Counter(10_000)
    stream = Environment().from_string(ROWS).stream({"x": numbers}, part=1000)

    assert numbers.given == 0
    first = next(stream)
    assert 1000 <= len(first) < 4000
    assert numbers.given < 300


def test_a_stream_that_is_not_read_to_its_end_is_closed() -> None:
    numbers = Counter(10_000)
    stream = Environment().from_string(ROWS).stream({"x": numbers}, part=1000)

    next(stream)
    stream.close()

    assert numbers.given < 300
    assert next(stream, None) is None


async def test_an_async_stream_pauses_and_waits(environment: Environment) -> None:
    template = environment.from_string("{% for i in count_to(500) %}{{ fetch(i) }}\n{% endfor %}")

    parts = [text async for text in template.stream_async(part=200)]

    assert "".join(parts) == "\n".join(map(str, range(1, 501))) + "\n"
    assert len(parts) > 3


async def test_two_async_streams_take_turns(environment: Environment) -> None:
    template = environment.from_string("{% for i in x %}{{ fetch(name) }}\n{% endfor %}")
    order: list[str] = []

    async def read(name: str) -> None:
        async for text in template.stream_async({"x": range(300), "name": name}, part=100):
            order.append(text[0])  # noqa: PERF401 - the order of both tells

    await asyncio.gather(read("a"), read("b"))

    assert "".join(order) not in {"".join(sorted(order)), "".join(sorted(order, reverse=True))}


async def test_a_cancelled_template_is_closed(environment: Environment) -> None:
    closed: list[bool] = []

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            closed.append(True)

    template = environment.from_string("{{ hang() }}")
    task = asyncio.create_task(template.render_async(hang=hang))
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == [True]


async def test_an_async_stream_may_be_left_early(environment: Environment) -> None:
    numbers = Counter(10_000)
    template = environment.from_string(ROWS)

    async with aclosing(template.stream_async({"x": numbers}, part=500)) as stream:
        async for _ in stream:
            break
    gc.collect()

    assert numbers.given < 300


async def test_errors_of_what_is_awaited_reach_the_template(environment: Environment) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("inside")

    template = environment.from_string("a\n{{ fail() }}", name="page.html")

    with pytest.raises(KeyError, match="inside") as caught:
        await template.render_async(fail=fail)
    assert "in template page.html, line 2: {{ fail() }}" in caught.value.__notes__


def test_an_error_comes_after_the_parts_before_it() -> None:
    stream = Environment().from_string(ROWS + "\n{{ nope }}").stream({"x": range(500)}, part=1000)

    assert next(stream)
    with pytest.raises(UndefinedError) as caught:
        list(stream)
    assert caught.value.line == 3


def test_a_stream_keeps_to_its_limits() -> None:
    environment = Environment(limits=Limits(output=5000))
    stream = environment.from_string(ROWS).stream({"x": range(10_000)}, part=1000)

    with pytest.raises(LimitError, match="at most 5000"):
        list(stream)


async def test_the_time_of_others_does_not_count(environment: Environment) -> None:
    environment.limits = Limits(seconds=0.2)
    template = environment.from_string("{{ sleep(0.5) }}{% for i in x %}{{ i }}\n{% endfor %}")

    text = await template.render_async(sleep=asyncio.sleep, x=range(500))
    async for _ in template.stream_async({"sleep": fetch, "x": range(500)}, part=100):
        await asyncio.sleep(0.05)

    assert text.endswith("499\n")


async def test_an_endless_async_iterator_is_stopped(environment: Environment) -> None:
    async def forever() -> AsyncIterator[int]:
        while True:
            yield 1

    with pytest.raises(LimitError, match="at most"):
        await environment.from_string("{% for i in x %}{% endfor %}").render_async(x=forever())


def test_the_line_break_at_the_end_of_a_page_is_no_part_of_a_stream() -> None:
    source = "{% for i in x %}\n{{ i }}\n{% endfor %}\n"
    template = Environment().from_string(source)

    for part in (1, 7, 10_000):
        assert "".join(template.stream({"x": range(200)}, part=part)) == template.render(
            x=range(200)
        )


async def test_without_a_limit_of_time_nothing_is_counted() -> None:
    environment = Environment(trusted=True, globals={"fetch": fetch})

    assert await environment.from_string("{{ fetch(1) }}").render_async() == "1"
