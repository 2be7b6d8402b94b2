"""groundup_orm.pages: what a template needs to link from page to page."""

import pytest

from groundup_orm import Page


@pytest.mark.parametrize(
    ("number", "total", "pages", "previous", "following"),
    [
        pytest.param(1, 0, 1, False, False, id="empty"),
        pytest.param(1, 10, 1, False, False, id="exactly-one"),
        pytest.param(1, 11, 2, False, True, id="one-more"),
        pytest.param(2, 11, 2, True, False, id="last"),
        pytest.param(9, 11, 2, True, False, id="beyond"),
    ],
)
def test_pages_are_counted(
    number: int, total: int, pages: int, previous: bool, following: bool
) -> None:
    page = Page[int]([], number, 10, total)

    assert (page.pages, page.has_previous, page.has_next) == (pages, previous, following)


def test_a_page_is_what_is_on_it() -> None:
    page = Page(["a", "b"], 1, 10, 2)

    assert list(page) == ["a", "b"]
    assert len(page) == 2
