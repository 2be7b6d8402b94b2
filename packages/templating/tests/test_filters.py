"""groundup_templating.filters: one table of all filters."""

from groundup_templating.filters import FILTERS
from groundup_templating.filters_html import FILTERS as HTML
from groundup_templating.filters_lists import FILTERS as LISTS
from groundup_templating.filters_text import FILTERS as TEXT


def test_no_name_is_there_twice() -> None:
    assert len(FILTERS) == len(HTML) + len(LISTS) + len(TEXT)
    assert len(FILTERS) >= 55


def test_every_filter_can_be_called() -> None:
    assert all(map(callable, FILTERS.values()))
