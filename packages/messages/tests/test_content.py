"""groundup_messages.content: JSON text and media types."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_messages.content import guess_media_type, make_encode

encode_json = make_encode()

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)


@dataclass
class Point:
    x: int
    y: int


class Colour(Enum):
    RED = "#f00"

    def to_json(self) -> Any:
        return "never: an enum is its value"


class Own:
    def to_json(self) -> Any:
        return [1]


@given(VALUES)
def test_what_is_written_can_be_read(value: Any) -> None:
    assert json.loads(encode_json(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 1, 2, 3, 4, tzinfo=UTC), '"2024-01-02T03:04:00+00:00"'),
        (date(2024, 1, 2), '"2024-01-02"'),
        (time(3, 4), '"03:04:00"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (MappingProxyType({"a": 1}), '{"a":1}'),
        (Point(1, 2), '{"x":1,"y":2}'),
        (Own(), "[1]"),
        (Colour.RED, '"#f00"'),
        ({"status": HTTPStatus.NOT_FOUND}, '{"status":404}'),
        ((1, "é"), '[1,"é"]'),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_values_with_an_obvious_spelling_are_written(value: Any, text: str) -> None:
    assert encode_json(value).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_no_parser_must_read_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_json({"a": value})


def test_a_circle_is_refused_in_words() -> None:
    circle: list[Any] = ["a"]
    circle.append({"again": circle})

    with pytest.raises(ValueError, match="Circular"):
        encode_json(circle)


def test_what_is_too_deep_to_be_written_is_an_error_as_before() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(RecursionError):
        encode_json(deep)


def test_a_value_that_stands_twice_is_no_circle() -> None:
    point = Point(1, 2)

    assert encode_json([point, point]) == b'[{"x":1,"y":2},{"x":1,"y":2}]'


@pytest.mark.skipif(not hasattr(json.encoder, "c_make_encoder"), reason="CPython has it")
def test_the_encoder_in_c_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("a value must not cost an encoder of its own")

    encode = make_encode()
    monkeypatch.setattr(json.JSONEncoder, "encode", fail)

    assert encode({"a": [1]}) == b'{"a":[1]}'


def test_without_the_encoder_in_c_the_text_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"name": "Zo\u00eb", "at": [1, 2.5, None, True], "born": date(2000, 1, 1)}
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)

    encode = make_encode()

    assert encode(value) == encode_json(value)
    assert encode("\ud800") == b'"\\ud800"'


@pytest.mark.parametrize("value", [object(), {1, 2}, Point, b"bytes"])
def test_what_json_has_no_word_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"to_json\(\)"):
        encode_json([value])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.css", "text/css; charset=utf-8"),
        ("a.JS", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.webp", "image/webp"),
        ("a.svg.gz", "application/gzip"),
        ("a.br", "application/octet-stream"),
        ("README", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_types_follow_from_names(name: str, kind: str) -> None:
    assert guess_media_type(name) == kind


def test_the_files_of_the_machine_are_not_read_at_the_start() -> None:
    program = """if True:
        import mimetypes
        import groundup_messages
        assert not mimetypes.inited
    """

    subprocess.run([sys.executable, "-c", program], check=True)
