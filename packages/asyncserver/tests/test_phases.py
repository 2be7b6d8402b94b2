"""groundup_asyncserver.phases: the table in its docstring names every phase."""

import inspect

import groundup_asyncserver.phases as module
from groundup_asyncserver.phases import Phase


def test_the_table_is_complete() -> None:
    rows = inspect.cleandoc(module.__doc__ or "").partition("phase  ")[2]

    assert all(f"\n{phase.name} " in rows for phase in Phase)
