"""groundup_course.visual: pictures say what the packages say, whatever a reader types."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_course.visual import EXAMPLES, MAX_INPUT, draw
from groundup_router import Router
from groundup_templating import explain

VOID = {"br", "img", "input"}


class Outline(HTMLParser):
    """Fails on a tag that is closed in the wrong place; keeps the names that it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> set[str]:
    outline = Outline()
    outline.feed(html)
    assert not outline.open
    return outline.seen


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_picture_of_the_page_is_whole(name: str) -> None:
    html = draw(name, EXAMPLES[name])

    assert tags(html)
    assert "visual-error" not in html


def test_the_walk_is_the_one_that_the_router_makes() -> None:
    html = draw("router", {"routes": "/users/me/x\n/users/:id/posts", "path": "/users/me/posts"})
    router = Router()
    for pattern in ("/users/me/x", "/users/:id/posts"):
        router.add(pattern, pattern)
    found = router.explain("/users/me/posts")

    numbers = [int(number) for number in re.findall(r'class="step">(\d+)<', html)]
    assert sorted(numbers) == [at for at, step in enumerate(found.steps, 1) if step.depth]
    assert "Route /users/:id/posts with id = 'me'" in words(html)
    assert "x route 4 not: it is 'posts'" in words(html)


def test_what_a_router_refuses_is_told() -> None:
    assert "<b>No route.</b>" in draw("router", {"routes": "/a", "path": "/b"})
    assert "visual-error" in draw("router", {"routes": "/a\n/a", "path": "/a"})
    assert "visual-error" in draw("router", {"routes": "/:a", "path": "/%ff"})


def test_each_part_of_a_request_is_marked_and_named() -> None:
    html = draw("httpparse", {"request": "PUT /a HTTP/1.1\nHost: x\nContent-Length: 2\n\nhi"})

    assert re.findall(r'<mark class="(\w+)"', html) == [
        *("method", "target", "version", "name", "value", "name", "value", "body")
    ]
    assert html.count("data-part=") == 2 * 8
    assert words(html).startswith(
        "PUT /a HTTP/1.1\\r\\n\nHost: x\\r\\n\nContent-Length: 2\\r\\n\n\\r\\n\nhi"
    )


@pytest.mark.parametrize(
    ("request_text", "status"),
    [("GET / HTTP/1.1\n\n", 400), ("GET / HTTP/3.0\nHost: x\n\n", 505), ("GET / HT", 400)],
)
def test_what_the_parser_refuses_has_its_status(request_text: str, status: int) -> None:
    html = draw("httpparse", {"request": request_text})

    assert f"<b>{status}</b>" in html
    assert "HT" in words(html)


def test_the_stages_of_a_template_are_those_of_explain() -> None:
    source = EXAMPLES["templating"]["template"]

    shown = words(draw("templating", {"template": source}))

    found = explain(source)
    for stage in (found.tokens, found.tree, found.python, *map(str, found.places)):
        assert stage.strip() in shown
    assert "line 1" in words(draw("templating", {"template": "{% for %}"}))


def test_a_line_of_a_template_is_linked_with_what_it_became() -> None:
    html = draw("templating", {"template": "<p>\n{{ one }}\n</p>"})

    linked = re.findall(r'data-part="2"[^>]*>([^<]*)<', html)
    assert any("{{ one }}" in text for text in linked)
    assert any("Name" in text for text in linked)
    assert any("v_one" in unescape(text) for text in linked)


@settings(max_examples=60)
@given(text=st.text(max_size=200), name=st.sampled_from(sorted(EXAMPLES)))
def test_nothing_that_a_reader_types_becomes_markup(text: str, name: str) -> None:
    known = {tag for example in EXAMPLES for tag in tags(draw(example, EXAMPLES[example]))}
    evil = f"</pre><script>x</script>{text}<img src=x>"
    for field in EXAMPLES[name]:
        try:
            html = draw(name, {**EXAMPLES[name], field: evil})
        except ValueError as error:
            assert "must" in str(error)  # noqa: PT017 - either is right
        else:
            assert tags(html) <= known | {"b", "p", "pre", "ul", "li", "ol"}


def test_what_is_too_long_or_unknown_is_refused() -> None:
    draw("router", {"routes": "/" + "a" * (MAX_INPUT - 1), "path": "/"})
    with pytest.raises(ValueError, match=f"routes must have at most {MAX_INPUT} characters"):
        draw("router", {"routes": "/" + "a" * MAX_INPUT, "path": "/"})
    with pytest.raises(ValueError, match="a picture must be one of router"):
        draw("wheel", {})
