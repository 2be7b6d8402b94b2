"""The table of all filters; the functions are in three modules by what they work on."""

from collections.abc import Callable
from typing import Any

from groundup_templating import filters_html, filters_lists, filters_text

__all__ = ["FILTERS"]

FILTERS: dict[str, Callable[..., Any]] = {
    **filters_text.FILTERS,
    **filters_lists.FILTERS,
    **filters_html.FILTERS,
}
