"""groundup_testing.pages: elements by CSS selectors."""

import pytest

from groundup_messages import Request, Response
from groundup_testing import TestClient, TestingError
from groundup_testing.pages import select

pytest.importorskip("lxml")
pytest.importorskip("cssselect")

PAGE = """<!doctype html>
<title>Posts</title>
<ul class="posts">
  <li id="first"><a href="/1">One
     post</a></li>
  <li><a href="/2">Two</a></li>
</ul>"""


def test_an_answer_finds_its_elements() -> None:
    def page(request: Request) -> Response:
        return Response.html(PAGE)

    with TestClient(page) as client:
        answer = client.get("/")

    assert [link["href"] for link in answer.select("ul.posts a")] == ["/1", "/2"]


def test_elements() -> None:
    (first,) = select(PAGE, "#first")

    assert (first.name, first["id"], first.get("class"), first.get("x", "y")) == (
        *("li", "first"),
        *(None, "y"),
    )
    assert first.text == "One post"
    assert first.select("a")[0].attributes == {"href": "/1"}
    assert repr(first) == '<li id="first">One post'
    assert select(PAGE, "table") == []
    assert select("", "a") == []


def test_a_bad_selector_is_an_error() -> None:
    with pytest.raises(TestingError, match="must be CSS, got 'a::'"):
        select(PAGE, "a::")


def test_without_the_extra_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cssselect", None)

    with pytest.raises(TestingError, match=r"pip install groundup-testing\[html\]"):
        select(PAGE, "a")
