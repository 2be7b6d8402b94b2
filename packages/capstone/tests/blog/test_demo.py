"""groundup.blog.demo: twenty posts to begin with, once."""

from typing import Any

from groundup.application import Application
from groundup.blog.demo import add_demo_posts
from groundup_testing import TestClient


def test_there_are_twenty_posts_with_comments_however_often_it_is_asked(
    app: Application, client: TestClient
) -> None:
    add_demo_posts(app)
    add_demo_posts(app)

    found: list[Any] = []
    for page in (1, 2):
        found += client.get(f"/?page={page}").json["posts"]
    assert len({post["slug"] for post in found}) == 20
    assert len({post["author"]["name"] for post in found}) == 3
    assert client.get("/?page=3").status == 404
    assert any(client.get(post["url"]).json["comments"] for post in found)
