"""groundup.blog.posts: one set of questions, the same answers from SQLite and PostgreSQL."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from groundup.accounts import DatabaseUserStore
from groundup.blog import posts
from groundup.blog.models import Comment, Post
from groundup_auth import Identifier
from groundup_errors import ForbiddenError, NotFoundError, ValidationError
from groundup_orm import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database, None, None]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'blog.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    with Database(url) as database:
        store = DatabaseUserStore(database)
        for name in ("ada", "bob"):
            address = f"{name}@example.org"
            store.add_user(Identifier(address, address), Identifier(name, name), "hash")
        database.create_all(Post, Comment)
        yield database


def add(database: Database, title: str = "Title", author: int = 1) -> dict[str, Any]:
    return posts.add_post(database, author, title, "Text", None)


def test_a_post_is_stored_and_found(database: Database) -> None:
    added = add(database, "Hello, World!")

    found = posts.find_post(database, "hello-world")

    assert {**added, "comments": []} == found
    assert found["author"] == {"id": 1, "name": "ada"}
    assert found["created"]["iso"].endswith("+00:00")


def test_twenty_posts_of_one_title_at_once_have_twenty_addresses(database: Database) -> None:
    with ThreadPoolExecutor(20) as pool:
        added = list(pool.map(add, [database] * 20, ["Same"] * 20))

    assert len({post["slug"] for post in added}) == 20
    assert len({post["id"] for post in added}) == 20
    assert sum(post["slug"] == "same" for post in added) == 1
    assert posts.count_pages(database) == 2


def test_only_the_author_changes_or_removes(database: Database) -> None:
    post = add(database)

    with pytest.raises(ForbiddenError):
        posts.change_post(database, post["id"], 2, title="X")
    with pytest.raises(ForbiddenError):
        posts.remove_post(database, post["id"], 2)
    changed, replaced = posts.change_post(database, post["id"], 1, title="X", picture="a.png")
    assert (changed["title"], replaced) == ("X", None)
    assert posts.change_post(database, post["id"], 1, picture="b.png")[1] == "a.png"
    assert posts.remove_post(database, post["id"], 1) == "b.png"


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**17])
def test_a_number_of_no_post_is_not_found(database: Database, number: int) -> None:
    with pytest.raises(NotFoundError):
        posts.change_post(database, number, 1, title="X")
    with pytest.raises(NotFoundError):
        posts.remove_post(database, number, 1)
    with pytest.raises(NotFoundError):
        posts.add_comment(database, number, None, "N", "T")


def test_comments_come_in_order_and_go_with_their_post(database: Database) -> None:
    post, other = add(database), add(database, "Other")
    for text in ("one", "two"):
        posts.add_comment(database, post["id"], 2, "bob", text)
    posts.add_comment(database, other["id"], None, "Carol", "elsewhere")

    found = posts.find_post(database, post["slug"])
    posts.remove_post(database, post["id"], 1)

    assert [comment["text"] for comment in found["comments"]] == ["one", "two"]
    assert database.fetch_one("SELECT count(*) AS n FROM comments")["n"] == 1  # type: ignore[index]  # there is one row


def test_text_of_any_script_survives(database: Database) -> None:
    title, text = "ﷺ 你好 😀", "e\u0301 \u202e \U0001f600"
    post = posts.add_post(database, 1, title, text, None)
    posts.add_comment(database, post["id"], None, "Åsa 😀", text)

    found = posts.find_post(database, post["slug"])

    assert found["title"] == title
    assert found["content"] == f"<p>{text}</p>"
    assert found["comments"][0]["name"] == "Åsa 😀"


@pytest.mark.parametrize(
    ("name", "text"), [("", "T"), ("N", " "), ("N" * 65, "T"), ("N", "T" * 4001), ("N", "\0x")]
)
def test_comments_have_limits(database: Database, name: str, text: str) -> None:
    post = add(database)

    with pytest.raises(ValidationError):
        posts.add_comment(database, post["id"], None, name, text)
    posts.add_comment(database, post["id"], None, "N" * 64, "T" * 4000)


def test_pages_end_somewhere(database: Database) -> None:
    assert posts.count_pages(database) == 1
    assert posts.list_posts(database, 1) == []
    for page in (0, posts.MAX_PAGE + 1):
        with pytest.raises(NotFoundError):
            posts.list_posts(database, page)
    assert posts.list_posts(database, posts.MAX_PAGE) == []


def test_a_list_shows_the_beginning_of_the_text(database: Database) -> None:
    posts.add_post(database, 1, "T", "<p>Some <b>text</b></p>" + "word " * 100, None)

    (shown,) = posts.list_posts(database, 1)

    assert shown["excerpt"].startswith("Some text")
    assert len(shown["excerpt"]) <= posts.EXCERPT + 1
    assert "content" not in shown


@pytest.mark.parametrize("title", ["new", "NEW!", "", "-", "你"])
def test_no_slug_is_a_page_or_nothing(title: str) -> None:
    assert posts.make_slug(title) == "post"
