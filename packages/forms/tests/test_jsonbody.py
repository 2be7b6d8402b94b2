r"""groundup_forms.jsonbody: what JSON is, and what Python's parser would let through."""

import contextlib
import json
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import FormError, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_is_written_is_read(value: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(VALUES)
def test_depth_is_counted_exactly(value: Any) -> None:
    body = json.dumps(value).encode()
    depth = _depth(value)

    assert parse_json(body, max_depth=depth) == value
    if depth:
        with pytest.raises(FormError, match="max_depth"):
            parse_json(body, max_depth=depth - 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{'a': 1}",
        b"[1,]",
        b'{"a": 1} x',
        b"[1][2]",
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"[-1e999]",
        b"9" * 400 + b".0",
        b"9" * 5000,
        b"01",
        b'"\n"',
        b'"a',
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "\\u0061": 1}}]',
        b"\xff",
        b'"\xe9"',
        b'"\xed\xa0\x80"',
        "[1]".encode("utf-16"),
        "[1]".encode("utf-32"),
        b"\xef\xbb\xbf\xef\xbb\xbf1",
        rb'"\ud800"',
        rb'"\uDC00"',
        rb'"\ud800\ud800\udc00"',
        rb'"\ud83dx\ude00"',
        rb'{"\udfff": 1}',
        b"[" * 99,
        b"]" * 1000,
        b"[}" * 1000,
    ],
    ids=lambda body: f"{body[:20]!r}-{len(body)}",
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(FormError, match="JSON") as caught:
        parse_json(body)

    assert caught.value.status == 400
    assert caught.value.__cause__ is None
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b" \r\n\t1 ", 1),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\\ud800"', r"\ud800"),
        (rb'"\\\ud83d\ude00\\"', "\\😀\\"),
        (b'"\\u0000"', "\0"),
        (b"1e308", 1e308),
        (b"1e-999", 0.0),
        (b"9" * 4300, int("9" * 4300)),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', {"a": {"a": 1}, "b": {"a": 1}}),
    ],
    ids=lambda body: repr(body)[:20],
)
def test_what_is_json_is_read(body: bytes, value: Any) -> None:
    assert parse_json(body) == value


def test_the_error_says_where() -> None:
    with pytest.raises(FormError, match=r"Expecting .* line 2 column 3"):
        parse_json(b"{\n  'a': 1}")
    with pytest.raises(FormError, match=r"got 'name' twice"):
        parse_json(b'{"name": 1, "age": 2, "name": 3}')
    with pytest.raises(FormError, match=r"must be UTF-8, got .* at byte 1"):
        parse_json(b'"\xe9"')


def test_the_last_of_two_keys_can_be_taken() -> None:
    assert parse_json(b'{"a": 1, "a": 2}', duplicates="last") == {"a": 2}
    with pytest.raises(FormError, match="finite"):
        parse_json(b"NaN", duplicates="last")


def test_size_has_its_edge() -> None:
    assert parse_json(b"[1]", max_size=3) == [1]
    with pytest.raises(FormError, match=r"JSON .* 2 bytes \(max_size\)") as caught:
        parse_json(b"[1]", max_size=2)
    assert caught.value.status == 413


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"\\"]":', '["\\\\",'])
def test_depth_has_its_edge(opening: str) -> None:
    closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(opening) if c in "[{")
    if opening == '[{"\\"]":':
        closing = "}]"
    depth = len(closing)

    def nested(times: int) -> bytes:
        return (opening * times + "1" + closing * times).encode()

    assert parse_json(nested(5), max_depth=5 * depth)
    with pytest.raises(FormError, match=rf"deeper than {5 * depth - 1} \(max_depth\)"):
        parse_json(nested(5), max_depth=5 * depth - 1)
    assert parse_json(b"[" + b"[1]," * 1000 + b"{}]", max_depth=2)
    with pytest.raises(FormError, match="max_depth"):
        parse_json(b"[" + b"[1]," * 1000 + b"[{}]]", max_depth=2)


def test_brackets_in_strings_do_not_count() -> None:
    text = '[{"' * 200 + "\\"

    assert parse_json(json.dumps([text, text]).encode(), max_depth=1) == [text, text]


@given(st.text('[]{}",:1\\u '), st.integers(0, 4))
def test_junk_is_json_or_a_form_error_as_for_the_standard_library(text: str, depth: int) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        with pytest.raises(FormError):
            parse_json(text.encode(), max_depth=depth)
        return
    if _depth(value) > depth:
        with pytest.raises(FormError, match="max_depth"):
            parse_json(text.encode(), max_depth=depth)
    else:
        assert parse_json(text.encode(), max_depth=depth, duplicates="last") == value


def _depth(value: Any) -> int:
    inner: list[Any]
    match value:
        case dict():
            inner = [*value.values()]
        case list():
            inner = [*value]
        case _:
            return 0
    return 1 + max(map(_depth, inner), default=0)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"][" * 1_000_000,
        b'"\\' * 1_000_000,
        b"[" + b"[]," * 1_000_000 + b"[]]",
        b'"' + b"\\ud83d\\ude00" * 400_000 + b'"',
    ],
    ids=lambda body: f"{body[:10]!r}-{len(body)}",
)
def test_hostile_bodies_take_linear_time_and_no_recursion(body: bytes) -> None:
    started = time.process_time()

    with contextlib.suppress(FormError):
        parse_json(body)

    assert time.process_time() - started < 3


def test_a_program_deep_in_its_own_stack_gets_an_error_too() -> None:
    body = b"[" * 100 + b"]" * 100

    def descend(levels: int) -> Any:
        return parse_json(body) if levels == 0 else descend(levels - 1)

    frame, used = sys._getframe(), 0
    while frame.f_back is not None:
        frame, used = frame.f_back, used + 1
    try:
        descend(sys.getrecursionlimit() - used - 40)
    except FormError as error:
        assert "nested deeper" in str(error)  # noqa: PT017 - newer Pythons do not count C calls
