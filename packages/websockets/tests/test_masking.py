"""groundup_websockets.masking: one XOR, two ways."""

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_websockets import apply_mask
from groundup_websockets.masking import LONG


def mask_slowly(data: bytes, key: bytes) -> bytes:
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


@given(st.binary(max_size=50), st.binary(min_size=4, max_size=4))
def test_is_what_the_rfc_says(data: bytes, key: bytes) -> None:
    assert apply_mask(data, key) == mask_slowly(data, key)


@pytest.mark.parametrize(
    "size", [0, 1, 3, 4, 5, LONG - 1, LONG, LONG + 1, LONG + 2, LONG + 3, 9000]
)
def test_both_ways_agree_at_every_edge(size: int) -> None:
    data, key = os.urandom(size), os.urandom(4)

    assert apply_mask(data, key) == mask_slowly(data, key)
    assert apply_mask(apply_mask(data, key), key) == data


def test_a_megabyte_takes_milliseconds() -> None:
    data = bytes(1024 * 1024)

    start = time.process_time()
    apply_mask(data, b"abcd")

    assert time.process_time() - start < 0.1
