"""The templates of a site: what Jinja2 makes of them, and what this engine makes of the same."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest

from groundup_templating import DirectoryLoader, Environment, LenientUndefined
from groundup_templating.lint import lint

THEME = Path(__file__).with_name("theme")
PAGES = ["index.html", "post.html", "error.html", "feed.xml", "mail.txt"]


def make_posts() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "title": title,
            "year": 2020 + number % 3,
            "summary": summary,
            "words": number * 100,
            "tags": ["a & b", "c"][: number % 3],
            "published": number != 4,
            "pinned": number == 2,
        }
        for number, (title, summary) in enumerate(
            [
                ("first steps", "How it all began, and why it did not end there at all."),
                ("<script>alert(1)</script>", None),
                ("on 'quotes' & \"more\"", ""),
                ("zoë goes home", "Short."),
                ("draft", "Not yet."),
            ],
            1,
        )
    ]


CONTEXT: dict[str, Any] = {
    "site": {
        "title": "Notes & <Queries>",
        "summary": "A site about everything. " * 12,
        "url": "https://site.example",
        "version": "1.2",
        "language": "en",
        "since": 2019,
        "year": 2024,
        "sheets": ["base.css", "theme.css"],
        "owner": {"name": "Ann O'Hara", "mail": "ann@site.example"},
        "tags": {"python": 12, "c++": 3, "a b": 5},
        "menu": [
            {"title": "Home", "path": "/"},
            {"title": "Posts", "path": "/posts", "children": [{"title": "Old", "path": "/old"}]},
            {"title": "Secret", "path": "/secret", "hidden": True},
        ],
        "links": [
            {"title": "ELSEWHERE", "url": "https://other.example/?a=1&b=2", "own": True},
            {"title": "SOURCE", "url": "https://code.example/"},
            {"title": "mail", "url": "mailto:ann@site.example"},
        ],
    },
    "page": {
        "kind": "post",
        "path": "/posts/7",
        "title": "Seven",
        "summary": "",
        "side": True,
        "data": {"a": [1, "</script>"], "b": None},
    },
    "post": {
        "id": 7,
        "title": "Seven <b>things</b>",
        "text": "<p>Seven <em>good</em> things.</p>",
        "author": {"name": "Ann"},
        "date": date(2024, 5, 7),
        "edited": True,
        "tags": ["python", "c++"],
        "pictures": [
            {"file": "one.png", "title": 'A "cat"', "size": 12_345},
            {"file": "two.png", "title": None, "size": 1},
            {"file": "three.png", "title": "<dog>", "size": 4_100_000},
        ],
        "comments": [
            {
                "id": 1,
                "by": "Bob",
                "text": "Nice & <i>short</i>",
                "replies": [
                    {"id": 2, "by": "Ann", "text": "Thanks", "replies": []},
                    {
                        "id": 3,
                        "by": "Cy",
                        "text": "+1",
                        "replies": [{"id": 4, "by": "B", "text": ""}],
                    },
                ],
            },
            {"id": 5, "by": "Dee", "text": "last"},
        ],
    },
    "posts": make_posts(),
    "user": {"name": "Zoë", "admin": True},
    "flashes": [("error", "That <failed>."), ("info", "Saved.")],
    "total": 95,
    "per_page": 10,
    "current": 4,
    "code": 404,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "full": {},
    "empty": {"posts": [], "user": None, "flashes": None, "bare": True},
    "quiet": {
        "page": {**CONTEXT["page"], "side": False, "path": "/seven"},
        "post": {**CONTEXT["post"], "pictures": [], "comments": []},
        "code": 500,
    },
}


def theirs(name: str, context: dict[str, Any]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(THEME), autoescape=jinja2.select_autoescape(["html", "xml"])
    )
    return environment.get_template(name).render(context)


def ours(**options: Any) -> Environment:
    return Environment(DirectoryLoader(THEME), undefined=LenientUndefined, **options)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_the_same_to_the_letter(name: str, variant: str) -> None:
    context = {**CONTEXT, **VARIANTS[variant]}
    template = ours(dedent=False).get_template(name)
    expected = theirs(name, context)

    assert template.render(context) == expected
    assert await template.render_async(context) == expected
    assert "".join(template.stream(context, part=100)) == expected


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", PAGES)
def test_without_the_lines_of_tags_only_space_differs(name: str, variant: str) -> None:
    context = {**CONTEXT, **VARIANTS[variant]}
    page = ours().get_template(name).render(context)

    assert re.sub(r"\s+", "", page) == re.sub(r"\s+", "", theirs(name, context))
    assert len(page.split("\n")) <= len(theirs(name, context).split("\n"))


def test_the_linter_has_nothing_to_say() -> None:
    environment = ours()

    assert [str(finding) for finding in lint(environment, DirectoryLoader(THEME).names())] == []
