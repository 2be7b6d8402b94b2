"""groundup_sessions.ids: nobody guesses an id, and no store can tell one."""

from typing import Any

import pytest

from groundup_sessions.ids import find_key, generate_id


def test_ids_are_long_and_never_the_same() -> None:
    ids = {generate_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(session_id) == 43 for session_id in ids)


def test_a_key_does_not_show_its_id() -> None:
    session_id = generate_id()
    key = find_key(session_id)

    assert key is not None
    assert len(key) == 64
    assert session_id not in key
    assert find_key(session_id) == key
    assert find_key(generate_id()) != key


@pytest.mark.parametrize(
    "text",
    ["", "x", "x" * 42, "x" * 44, "x" * 42 + "\n", "x" * 42 + "=", "x" * 42 + "/", "é" * 43,
     "../" * 14 + "x", "\0" * 43, None, 7, b"x" * 43, "x" * 43 + "\n", "\uff58" * 43],
    ids=range(15),
)  # fmt: skip
def test_what_cannot_be_an_id_has_no_key(text: Any) -> None:
    assert find_key(text) is None
