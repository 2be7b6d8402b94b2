"""Print rows under titles: as wide as they are, so that a pipe gets whole lines."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

__all__ = ["print_table"]

WIDE = 200  # columns; a narrower terminal wraps by itself


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table to standard output."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = max(console.width, WIDE)
    console.print(table)
