"""groundup_compose.traceparent: the fields of W3C Trace Context, and what is none of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_compose import Trace, current_trace, traceparent
from groundup_compose.traceparent import clean_state, parse_traceparent
from groundup_middleware import Pipeline
from groundup_response import Response

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FIELD = f"00-{TRACE}-{SPAN}-01"


async def follow(request: Any, *, is_async: bool = True, **options: Any) -> Trace:
    """Return the step that the handler sees."""
    seen: list[Any] = []

    def sync_handler(request: Any) -> Response:
        seen.extend((request.trace, current_trace.get()))
        return Response(204)

    async def async_handler(request: Any) -> Response:
        return sync_handler(request)

    handler = async_handler if is_async else sync_handler
    await Pipeline([traceparent(**options)]).handle(request, handler)
    trace, current = seen
    assert trace is current
    assert isinstance(trace, Trace)
    return trace


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_trace_goes_on_with_a_step_of_our_own(
    is_async: bool, make_request: Callable[..., Any]
) -> None:
    request = make_request(Traceparent=FIELD, Tracestate="rojo=1, congo=2")

    trace = await follow(request, is_async=is_async)

    assert (trace.trace_id, trace.parent_id, trace.sampled) == (TRACE, SPAN, True)
    assert trace.span_id != SPAN
    assert trace.headers == {
        "traceparent": f"00-{TRACE}-{trace.span_id}-01",
        "tracestate": "rojo=1,congo=2",
    }
    assert current_trace.get() is None


async def test_without_one_a_new_trace_begins(make_request: Callable[..., Any]) -> None:
    traces = await asyncio.gather(*[follow(make_request()) for _ in range(20)])

    assert len({trace.trace_id for trace in traces}) == 20
    assert len({trace.span_id for trace in traces}) == 20
    for trace in traces:
        assert trace.parent_id is None
        assert not trace.sampled
        again = parse_traceparent(trace.headers["traceparent"])
        assert again == Trace(trace.trace_id, trace.span_id)
        assert "tracestate" not in trace.headers


async def test_a_new_trace_may_ask_to_be_recorded(make_request: Callable[..., Any]) -> None:
    assert (await follow(make_request(), sampled=True)).sampled


async def test_the_trace_of_a_stranger_need_not_be_continued(
    make_request: Callable[..., Any],
) -> None:
    trace = await follow(make_request(Traceparent=FIELD, Tracestate="a=1"), trust=False)

    assert trace.trace_id != TRACE
    assert (trace.parent_id, trace.state) == (None, "")


@pytest.mark.parametrize(
    ("field", "flags"),
    [
        pytest.param(FIELD, 1, id="recorded"),
        pytest.param(f"00-{TRACE}-{SPAN}-00", 0, id="not-recorded"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01", 1, id="newer"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01-what-the-future-holds", 1, id="newer-and-longer"),
        pytest.param(f"00-{TRACE}-{SPAN}-ff", 255, id="all-flags"),
    ],
)
def test_what_the_standard_allows_is_read(field: str, flags: int) -> None:
    assert parse_traceparent(field) == Trace(TRACE, SPAN, flags=flags)


@pytest.mark.parametrize(
    "field",
    [
        pytest.param("", id="empty"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01", id="forbidden-version"),
        pytest.param(f"00-{TRACE}-{SPAN}-01-more", id="version-0-and-longer"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01.more", id="newer-without-dash"),
        pytest.param(f"00-{'0' * 32}-{SPAN}-01", id="no-trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="no-step"),
        pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", id="capitals"),
        pytest.param(f"00-{TRACE[1:]}-{SPAN}-01", id="short"),
        pytest.param(f"{FIELD}, {FIELD}", id="sent-twice"),
        pytest.param(f"{FIELD}\n", id="line-break"),
        pytest.param(f" {FIELD}", id="blank"),
    ],
)
async def test_anything_else_begins_a_new_trace(
    field: str, make_request: Callable[..., Any]
) -> None:
    assert parse_traceparent(field) is None

    trace = await follow(make_request(Traceparent=field, Tracestate="a=1"))

    assert (trace.parent_id, trace.state) == (None, "")


async def test_flags_that_nobody_knows_are_not_passed_on(
    make_request: Callable[..., Any],
) -> None:
    trace = await follow(make_request(Traceparent=f"00-{TRACE}-{SPAN}-ff"))

    assert trace.headers["traceparent"].endswith("-03")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("", ""),
        ("a=1", "a=1"),
        ("fw529a3039@dt=FfAAAAA,b=x y", "fw529a3039@dt=FfAAAAA,b=x y"),
        (",".join(f"k{number}=v" for number in range(32)), None),
        (",".join(f"k{number}=v" for number in range(33)), ""),
        ("a=" + "x" * 256, None),
        ("a=" + "x" * 257, ""),
        ("a=1,a=2", ""),
        ("A=1", ""),
        ("a=1=2", ""),
        ("a", ""),
        ("a=\n1", ""),
    ],
)
def test_the_state_of_others_is_passed_on_if_it_is_one(value: str, kept: str | None) -> None:
    assert clean_state(value) == (value if kept is None else kept)


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 3))
def test_any_step_comes_back_as_it_was_sent(trace: int, span: int, flags: int) -> None:
    step = Trace(f"{trace:032x}", f"{span:016x}", flags=flags)

    assert parse_traceparent(step.headers["traceparent"]) == step


@given(st.text())
def test_any_text_is_a_step_or_none(value: str) -> None:
    assert parse_traceparent(value) is None or FIELD[2] == value[2]
    assert clean_state(value) in {
        "",
        ",".join(filter(None, (v.strip(" \t") for v in value.split(",")))),
    }
