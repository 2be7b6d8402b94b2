"""groundup_websockets.prepared: what is sent for which value."""

from typing import Any

import pytest

from groundup_websockets import PreparedMessage
from groundup_websockets.prepared import encode_json, to_message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "text"),
        (b"\x00", b"\x00"),
        ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
        (["é"], '["é"]'),
        (1, "1"),
        (None, "null"),
    ],
)
def test_text_and_bytes_stay_and_the_rest_becomes_json(value: Any, message: str | bytes) -> None:
    assert to_message(value) == message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_no_browser_reads_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_json({"x": value})


def test_an_object_is_refused() -> None:
    with pytest.raises(TypeError, match="serializable"):
        encode_json(object())


def test_a_frame_is_made_for_a_server() -> None:
    assert PreparedMessage("é").frame == b"\x81\x02\xc3\xa9"
    assert PreparedMessage(b"\xff").frame == b"\x82\x01\xff"
