"""What queries in plain SQL return: a list of rows, each a dictionary.

    Rows [{"id": 1, "name": "Alice"}]      a lone row also answers rows["name"]

A query for one thing is the commonest one, and ``rows[0]["name"]`` says nothing that
``rows["name"]`` does not; with two rows it is an error and not a guess.
"""

from collections.abc import Iterable
from typing import Any, SupportsIndex, overload

__all__ = ["Row", "Rows"]

Row = dict[str, Any]


class Rows(list[Row]):
    """The rows of a query.  Empty is false; a lone row also answers for its columns.

    >>> rows = Rows([{"id": 1, "name": "Alice"}])
    >>> rows["name"]
    'Alice'
    >>> rows[0]["name"]
    'Alice'
    >>> bool(Rows())
    False
    """

    @overload
    def __getitem__(self, index: SupportsIndex) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    @overload
    def __getitem__(self, index: str) -> Any: ...
    def __getitem__(self, index: SupportsIndex | slice | str) -> Any:
        if not isinstance(index, str):
            return super().__getitem__(index)
        if len(self) != 1:
            raise LookupError(f"column {index!r} needs exactly one row, got {len(self)} rows")
        return super().__getitem__(0)[index]

    @classmethod
    def from_tuples(cls, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> "Rows":
        """Return dictionaries for tuples."""
        return cls([dict(zip(columns, row, strict=True)) for row in rows])
