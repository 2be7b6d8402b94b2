"""groundup.blog.pages: posts as people and programs read and write them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_testing import TestClient

PNG = b"\x89PNG\r\n\x1a\n" + bytes(3000)
HOSTILE = (
    '<p onclick="x()">Hi</p><script>evil()</script>'
    '<a href="javascript:x()">a</a><img src=x onerror=y>'
)
Make = Callable[[str], Any]


def picture(data: bytes = PNG, name: str = "a.png") -> dict[str, Any]:
    return {"featured_image": (name, data, "image/png")}


@pytest.fixture
def ada(program: Make) -> Any:
    return program("ada")


def uploads(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "data" / "uploads").iterdir())


# -- reading -----------------------------------------------------------------------------------


def test_an_empty_blog_says_so(person: Any, client: TestClient) -> None:
    assert client.get("/").json == {"posts": [], "page": 1, "pages": 1}
    assert "Nothing here yet." in person.get("/").text


def test_posts_come_ten_to_a_page_newest_first(ada: Any, person: Any, client: TestClient) -> None:
    for number in range(11):
        ada.write(f"Post {number}")

    first, second = client.get("/").json, client.get("/?page=2").json

    assert [post["title"] for post in first["posts"]] == [f"Post {n}" for n in range(10, 0, -1)]
    assert [post["title"] for post in second["posts"]] == ["Post 0"]
    assert (first["pages"], second["page"]) == (2, 2)
    assert "1 of 2" in person.get("/").text


@pytest.mark.parametrize(
    ("page", "status"),
    [("0", 404), ("2", 404), ("-1", 400), ("x", 400), ("9" * 30, 400), ("", 200)],
)
def test_a_page_that_is_none_is_told(client: TestClient, page: str, status: int) -> None:
    assert client.get("/", params={"page": page}).status == status


def test_an_unknown_slug_is_404_for_both(client: TestClient, person: Any) -> None:
    assert client.get("/posts/none").json["status"] == 404
    answer = person.get("/posts/none")
    assert (answer.status, "<h1>" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "slug", ["%00", "%FF", "a%2Fb", "'%20OR%201=1", "x" * 5000, "%F0%9F%98%80"]
)
def test_strange_slugs_are_unknown_ones(client: TestClient, slug: str) -> None:
    assert client.get(f"/posts/{slug}").status in {400, 404}


# -- writing -----------------------------------------------------------------------------------


def test_a_post_with_a_picture(ada: Any, client: TestClient, tmp_path: Path) -> None:
    answer = ada.request("POST", "/posts", data={"title": "T", "content": "C"}, files=picture())

    assert (answer.status, answer.headers["Location"]) == (201, "/posts/t")
    shown = client.get(answer.json["picture"])
    assert (shown.body, shown.headers["Content-Type"]) == (PNG, "image/png")
    assert "immutable" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert len(uploads(tmp_path)) == 1


@pytest.mark.parametrize("data", [b"<svg onload=x>", b"<html>", b"plain", b"GIF8"])
def test_what_is_no_picture_is_refused_and_not_kept(ada: Any, tmp_path: Path, data: bytes) -> None:
    answer = ada.request("POST", "/posts", data={"title": "T", "content": "C"}, files=picture(data))

    assert (answer.status, uploads(tmp_path)) == (400, [])
    assert "picture must be" in answer.json["detail"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"content": "C"}, "title must not be empty"),
        ({"title": " ", "content": "C"}, "title must not be empty"),
        ({"title": "T"}, "content must not be empty"),
        ({"title": "T" * 201, "content": "C"}, "title must have at most 200 characters, got 201"),
        ({"title": "T", "content": "C" * 200_001}, "content must have at most 200000"),
        ({"title": "T\0", "content": "C"}, "NUL"),
    ],
)
def test_what_cannot_be_stored_is_told_and_its_picture_not_kept(
    ada: Any, tmp_path: Path, data: dict[str, str], message: str
) -> None:
    answer = ada.request("POST", "/posts", data=data, files=picture())

    assert answer.status == 400
    assert message in answer.json["detail"]
    assert uploads(tmp_path) == []


def test_the_limits_hold_at_their_edge(ada: Any) -> None:
    post = ada.write("T" * 200, "C" * 200_000)

    assert len(post["title"]) == 200
    assert len(post["slug"]) == 80


def test_half_a_surrogate_pair_is_no_text(ada: Any) -> None:
    headers = {**ada.headers, "Content-Type": "application/json"}
    body = b'{"title": "\\ud800", "content": "C"}'

    answer = ada.client.post("/posts", content=body, headers=headers)

    assert answer.status == 400


def test_a_body_that_is_too_large_is_413(ada: Any, tmp_path: Path) -> None:
    answer = ada.request(
        "POST", "/posts", data={"title": "T", "content": "C"}, files=picture(PNG + bytes(17 << 20))
    )

    assert answer.status == 413
    assert uploads(tmp_path) == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Crème brûlée!", "creme-brulee"), ("你好 世界", "post"), ("😀", "post"), ("new", "post")],
)
def test_titles_of_any_script_have_an_address(
    ada: Any, client: TestClient, title: str, slug: str
) -> None:
    post = ada.write(title)

    assert (post["title"], post["slug"]) == (title, slug)
    assert client.get(post["url"]).json["title"] == title


def test_html_of_strangers_is_cleaned(ada: Any, person: Any) -> None:
    post = ada.write("<b>T</b>", HOSTILE)

    assert post["content"] == "<p>Hi</p><a>a</a>"
    page = person.get(post["url"]).text
    assert "&lt;b&gt;T&lt;/b&gt;" in page
    for evil in ("evil()", "javascript:", "onclick", "onerror", "<b>T"):
        assert evil not in page


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST", "/posts"), ("PUT", "/posts/1"), ("DELETE", "/posts/1"), ("GET", "/profile")],
)
@pytest.mark.parametrize("token", [None, "nonsense", "a.b.c"])
def test_strangers_change_nothing(
    client: TestClient, method: str, url: str, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    assert client.request(method, url, headers=headers).status == 401


# -- changing ----------------------------------------------------------------------------------


def test_a_change_keeps_what_is_not_given(ada: Any, tmp_path: Path) -> None:
    post = ada.request("POST", "/posts", data={"title": "T", "content": "C"}, files=picture()).json

    changed = ada.request("PUT", f"/posts/{post['id']}", json={"title": "New"}).json

    assert (changed["title"], changed["content"]) == ("New", post["content"])
    assert (changed["slug"], changed["picture"]) == (post["slug"], post["picture"])
    assert len(uploads(tmp_path)) == 1


def test_a_new_picture_replaces_the_old_one(ada: Any, tmp_path: Path) -> None:
    post = ada.write(files=picture())
    before = uploads(tmp_path)

    changed = ada.request("PUT", f"/posts/{post['id']}", data={}, files=picture()).json

    assert changed["picture"] != post["picture"]
    assert uploads(tmp_path) == [changed["picture"].rpartition("/")[2]]
    assert uploads(tmp_path) != before


def test_other_peoples_posts_are_theirs(
    ada: Any, program: Make, person: Any, tmp_path: Path
) -> None:
    post, bob = ada.write(), program("bob")
    person.sign_up("eve")

    assert bob.request("PUT", f"/posts/{post['id']}", data={"title": "X"}).status == 403
    put = bob.request("PUT", f"/posts/{post['id']}", data={"title": "X"}, files=picture())
    assert (put.status, uploads(tmp_path)) == (403, [])
    assert bob.request("DELETE", f"/posts/{post['id']}").status == 403
    assert person.get(f"{post['url']}/edit").status == 403
    assert person.send("/", f"{post['url']}/edit", {"title": "X"}).status == 403
    assert person.send("/", f"{post['url']}/delete", {}).status == 403
    assert "Edit" not in person.get(post["url"]).text
    assert ada.request("GET", post["url"]).json["title"] == post["title"]


def test_a_post_goes_with_its_picture_and_comments(ada: Any, tmp_path: Path) -> None:
    post = ada.write(files=picture())
    ada.request("POST", "/comments", data={"post_id": post["id"], "text": "Hi"})

    assert ada.request("DELETE", f"/posts/{post['id']}").status == 204
    assert ada.request("GET", post["url"]).status == 404
    assert ada.request("DELETE", f"/posts/{post['id']}").status == 404
    assert uploads(tmp_path) == []


@pytest.mark.parametrize("number", ["0", "x", "-1", "1.5", "9" * 18, "9" * 40, "%D9%A4"])
def test_numbers_that_are_none_are_unknown_posts(ada: Any, number: str) -> None:
    assert ada.request("DELETE", f"/posts/{number}").status == 404


# -- forms -------------------------------------------------------------------------------------


def test_a_person_writes_edits_and_deletes(person: Any, tmp_path: Path) -> None:
    person.sign_up("ada")

    sent = person.send("/posts/new", "/posts", {"title": "T", "content": "C"}, files=picture())
    assert (sent.status, sent.headers["Location"]) == (303, "/posts/t")
    assert "Published." in person.get("/posts/t").text
    assert 'value="T"' in person.get("/posts/t/edit").text
    saved = person.send("/posts/t/edit", "/posts/t/edit", {"title": "New", "content": "C"})
    assert (saved.status, "New" in person.get("/posts/t").text) == (303, True)
    wrong = person.send("/posts/t/edit", "/posts/t/edit", {"title": "", "content": "kept text"})
    assert (wrong.status, "kept text" in wrong.text) == (400, True)
    gone = person.send("/posts/t", "/posts/t/delete", {})
    assert (gone.status, gone.headers["Location"]) == (303, "/")
    assert "Deleted." in person.get("/").text
    assert uploads(tmp_path) == []


def test_a_form_with_a_mistake_comes_back_with_its_text(person: Any) -> None:
    person.sign_up("ada")

    answer = person.send("/posts/new", "/posts", {"title": "", "content": "<i>long text</i>"})

    assert answer.status == 400
    assert "&lt;i&gt;long text&lt;/i&gt;" in answer.text
    assert "title must not be empty" in answer.text


def test_every_page_has_the_fields_of_security(person: Any) -> None:
    for url in ("/", "/nowhere", "/login", "/static/blog.css"):
        headers = person.get(url).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
