"""groundup_orm.rows: dictionaries in a list, and the short way to a lone row."""

import json

import pytest

from groundup_orm import Rows


def test_empty_is_false() -> None:
    assert not Rows()


def test_a_lone_row_answers_for_its_columns() -> None:
    rows = Rows.from_tuples(("id", "github"), [(1, "alice")])

    assert rows["github"] == "alice"
    assert rows[0] == {"id": 1, "github": "alice"}
    assert rows[0:1] == [{"id": 1, "github": "alice"}]


@pytest.mark.parametrize("count", [0, 2])
def test_column_of_several_rows_is_refused(count: int) -> None:
    rows = Rows.from_tuples(("id",), [(number,) for number in range(count)])

    with pytest.raises(LookupError, match=f"exactly one row, got {count}"):
        rows["id"]


def test_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Rows([{"id": 1}])["name"]


def test_rows_are_json() -> None:
    assert json.dumps(Rows([{"id": 1}])) == '[{"id": 1}]'
