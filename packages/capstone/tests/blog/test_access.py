"""groundup.blog.access: who asks, how to answer them, and where they may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup import Request
from groundup.blog.access import local_path, read_values, wants_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        (None, False),
        ("application/json", False),
    ],
)
def test_browsers_get_pages_and_programs_json(accept: str | None, page: bool) -> None:
    headers = {} if accept is None else {"Accept": accept}

    assert wants_page(Request("GET", "/", headers)) is page


@given(st.text("/\\.:@?#ev\t\n \u2028a", max_size=12))
def test_no_text_leads_to_another_site(target: str) -> None:
    path = local_path(target)

    assert path.startswith("/")
    assert path[1:2] not in {"/", "\\"}
    assert path.isprintable()


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'{"a": "x", "b": 1, "c": null, "d": [1], "e": {}}', {"a": "x", "b": "1"}),
        (b"[1]", {}),
        (b"null", {}),
    ],
)
def test_of_json_only_texts_and_numbers_are_values(body: bytes, values: dict[str, str]) -> None:
    request = Request("POST", "/", {"Content-Type": "application/json"}, body)

    assert read_values(request) == values


def test_a_form_gives_its_values() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert read_values(Request("POST", "/", headers, b"a=1&b=%C3%A9")) == {"a": "1", "b": "é"}
