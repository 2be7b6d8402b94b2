r"""groundup_staticfiles.handler: whole requests, and every way to ask for what is not there."""

import asyncio
import gzip
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundup_httpparse import Headers
from groundup_response import Response
from groundup_staticfiles import StaticFiles, StaticFilesError
from groundup_staticfiles.files import OpenFile, Root

Get = Callable[..., Response]


class Asked:
    root_path = ""

    def __init__(
        self, path: str, fields: dict[str, str] | None = None, method: str = "GET"
    ) -> None:
        self.method = method
        self.path = path.partition("?")[0]
        self.target = path
        self.headers = Headers(fields or {})


def content(response: Response) -> bytes:
    with response:
        return response.serialize().partition(b"\r\n\r\n")[2]


def test_a_file_with_all_its_fields(get: Get, site: Path) -> None:
    response = get("/style.css")

    assert response.status == 200
    assert response.body == (site / "style.css").read_bytes()
    assert list(response.headers) == [
        "Content-Type",
        "Cache-Control",
        "X-Content-Type-Options",
        "Vary",
        "ETag",
        "Last-Modified",
        "Accept-Ranges",
    ]
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/index.html", 200),
        ("/docs/", 200),
        ("/docs/caf%C3%A9%201.txt", 200),
        ("/%73tyle.css", 200),
        ("/nothing.txt", 200),
        ("/.well-known/security.txt", 200),
        ("/missing", 404),
        ("/style.css/", 404),
        ("/style.css/x", 404),
        ("/empty", 404),
        ("/empty/", 404),
        ("/.env", 404),
        ("/%2eenv", 404),
        ("/../secret.txt", 404),
        ("/docs/../../secret.txt", 404),
        ("/%2e%2e/secret.txt", 404),
        ("/..%2fsecret.txt", 404),
        ("/..%5csecret.txt", 404),
        ("/%252e%252e/secret.txt", 404),
        ("//secret.txt", 404),
        ("/style.css%00.png", 404),
        ("/" + "x" * 300, 404),
        ("/" + "x/" * 3000, 404),
        ("/%ff", 400),
        ("/%zz", 400),
        ("/%c0%ae%c0%ae/secret.txt", 400),
        ("*", 404),
    ],
)
def test_paths(get: Get, path: str, status: int) -> None:
    for _ in range(2):  # from the disk, and from memory
        response = get(path)
        assert response.status == status
        assert b"SECRET" not in content(response)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(
            [
                *("..", ".", "%2e", "%2E%2e", "/", "//", "%2f", "%5c", "\\", "%00", "~", "%25"),
                *(
                    "secret.txt",
                    "docs",
                    "style.css",
                    "site",
                    "index.html",
                    ".env",
                    "%c0%ae",
                    ":",
                    "C:",
                ),
            ]
        )
    )
)
def test_nothing_outside_the_root_is_ever_read(get: Get, words: list[str]) -> None:
    response = get("/" + "".join(words))

    assert response.status in {200, 307, 400, 404}
    assert b"SECRET" not in content(response)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_links_out_of_the_root_are_served_only_on_request(site: Path) -> None:
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    (site / "up").symlink_to(site.parent)

    for path in ("/link.txt", "/up/secret.txt"):
        assert StaticFiles(site).respond(Asked(path)).status == 404
        assert StaticFiles(site, follow_symlinks=True).respond(Asked(path)).status == 200


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_a_folder_that_becomes_a_link_is_no_longer_served(site: Path) -> None:
    files = StaticFiles(site)
    outside = site.parent / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("SECRET")
    assert files.respond(Asked("/docs/")).status == 200

    (site / "docs").rename(site / "was-docs")
    (site / "docs").symlink_to(outside)

    assert files.respond(Asked("/docs/")).status == 404


@pytest.mark.parametrize(
    ("query", "root_path", "location"),
    [
        ("", "", "/docs/"),
        ("?a=1&b=%20", "", "/docs/?a=1&b=%20"),
        ("?a", "/static", "/static/docs/?a"),
    ],
)
def test_a_folder_without_its_slash_is_redirected(
    site: Path, query: str, root_path: str, location: str
) -> None:
    asked = Asked(f"/docs{query}")
    asked.root_path = root_path

    response = StaticFiles(site).respond(asked)

    assert (response.status, response.headers["Location"]) == (307, location)


def test_redirects_never_lead_to_another_host(site: Path) -> None:
    (site / "evil.example").mkdir()
    (site / "evil.example" / "index.html").touch()
    files = StaticFiles(site)

    assert files.respond(Asked("/evil.example")).headers["Location"] == "/evil.example/"
    for path in ("//evil.example", "/\\evil.example", "/%2fevil.example", "/%5cevil.example"):
        assert files.respond(Asked(path)).status == 404


def test_folders_may_have_another_index_or_none(site: Path) -> None:
    assert StaticFiles(site, index="style.css").respond(Asked("/")).status == 200
    for path in ("/", "/docs", "/docs/"):
        assert StaticFiles(site, index=None).respond(Asked(path)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "X"])
def test_other_methods_are_not_allowed(get: Get, method: str) -> None:
    response = get("/style.css", method)

    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


def test_options_says_what_is_allowed(get: Get) -> None:
    response = get("/style.css", "OPTIONS")

    assert (response.status, response.headers["Allow"], response.body) == (204, "GET, HEAD", b"")


def test_head_has_what_get_has(get: Get) -> None:
    for fields in ({}, {"Accept_Encoding": "gzip"}):
        head, whole = get("/style.css", "HEAD", **fields), get("/style.css", **fields)

        assert head.body == b""
        assert int(head.headers["Content-Length"]) == whole.content_length
        del head.headers["Content-Length"]
        assert head.headers == whole.headers


def test_gzip_on_the_fly(get: Get, site: Path) -> None:
    plain = get("/style.css")
    for _ in range(2):
        response = get("/style.css", Accept_Encoding="gzip")

        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["ETag"] not in {plain.headers["ETag"], None}
        assert response.headers["ETag"].startswith("W/")
        assert gzip.decompress(content(response)) == (site / "style.css").read_bytes()
        assert (response.content_length or 0) < 6300
    known = get("/style.css", "HEAD", Accept_Encoding="gzip").headers["ETag"]
    assert get("/style.css", Accept_Encoding="gzip", If_None_Match=known).status == 304
    assert get("/style.css", If_None_Match=known).status == 200


@pytest.mark.parametrize(
    ("accepted", "status", "coding"),
    [
        ("br", 200, None),
        ("gzip;q=0", 200, None),
        ("identity;q=0, gzip;q=0", 406, None),
        ("identity;q=0, *", 200, "gzip"),
    ],
)
def test_qualities_are_honoured(get: Get, accepted: str, status: int, coding: str | None) -> None:
    response = get("/style.css", Accept_Encoding=accepted)

    assert (response.status, response.headers.get("Content-Encoding")) == (status, coding)
    assert response.headers["Vary"] == "Accept-Encoding"


def test_what_is_compressed_already_does_not_vary(get: Get) -> None:
    response = get("/photo.jpg", Accept_Encoding="gzip")

    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers


def test_siblings_are_sent_as_they_are(site: Path) -> None:
    (site / "style.css.br").write_bytes(b"brotli")
    files = StaticFiles(site)

    response = files.respond(Asked("/style.css", {"Accept-Encoding": "gzip, br"}))
    part = files.respond(Asked("/style.css", {"Accept-Encoding": "br", "Range": "bytes=0-2"}))

    assert (response.headers["Content-Encoding"], response.body) == ("br", b"brotli")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (part.status, part.body, part.headers["Content-Encoding"]) == (206, b"bro", "br")
    assert part.headers["ETag"] == response.headers["ETag"]


def test_ranges_are_never_of_what_is_made_on_the_fly(get: Get, site: Path) -> None:
    get("/style.css", Accept_Encoding="gzip")

    part = get("/style.css", Accept_Encoding="gzip", Range="bytes=0-3")
    only = get("/style.css", Accept_Encoding="gzip, identity;q=0", Range="bytes=0-3")

    assert (part.status, part.body) == (206, b"body")
    assert "Content-Encoding" not in part.headers
    assert (only.status, only.headers["Content-Encoding"]) == (200, "gzip")


def test_while_one_compresses_others_get_the_file(site: Path) -> None:
    files = StaticFiles(site)
    asked = Asked("/style.css", {"Accept-Encoding": "gzip"})
    files.respond(Asked("/style.css"))
    file: Any = files._store.get("/style.css")

    file.busy = True
    assert "Content-Encoding" not in files.respond(asked).headers
    forced = Asked("/style.css", {"Accept-Encoding": "gzip, *;q=0"})
    assert files.respond(forced).headers["Content-Encoding"] == "gzip"
    assert files.respond(asked).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("name", "immutable"),
    [
        ("app.3f2a9c1d77e0.css", True),
        ("app-3f2a9c1d77e04ab1.min.js", True),
        ("app.css", False),
        ("photo-202401151200.jpg", False),
        ("x.deadbeefcafe.css", False),
        ("app.3f2a9c1d77e.css", False),
        ("3f2a9c1d77e0", False),
    ],
)
def test_hashed_names_are_immutable(site: Path, name: str, immutable: bool) -> None:
    (site / name).touch()
    asked = Asked(f"/{name}")

    cached = StaticFiles(site).respond(asked).headers["Cache-Control"]
    plain = StaticFiles(site, immutable_pattern=None, cache_control="no-cache").respond(asked)

    assert cached == (
        "public, max-age=31536000, immutable" if immutable else "public, max-age=3600"
    )
    assert plain.headers["Cache-Control"] == "no-cache"


def test_who_may_keep_a_file_is_the_same_for_hashed_names(site: Path) -> None:
    (site / "app.3f2a9c1d77e0.css").touch()

    for plain, cached in (
        ("private, max-age=60", "private, max-age=31536000, immutable"),
        ("max-age=60", "max-age=31536000, immutable"),
    ):
        files = StaticFiles(site, cache_control=plain)
        assert files.respond(Asked("/style.css")).headers["Cache-Control"] == plain
        hashed = files.respond(Asked("/app.3f2a9c1d77e0.css"))
        assert hashed.headers["Cache-Control"] == cached


def test_the_fallback_answers_for_pages(site: Path) -> None:
    files = StaticFiles(site, fallback="/index.html")
    page = {"Accept": "text/html,*/*"}

    assert content(files.respond(Asked("/users/7", page))) == b"<h1>home</h1>"
    assert files.respond(Asked("/users/7", {**page, "If-None-Match": "*"})).status == 304
    assert files.respond(Asked("/docs", page)).status == 307
    for path, fields in (("/app.js", page), ("/users/7", {}), ("/%zz", page)):
        assert files.respond(Asked(path, fields)).status in {400, 404}
    assert StaticFiles(site, fallback="/nope").respond(Asked("/x", page)).status == 404


def test_a_change_is_served_at_once(get: Get, site: Path) -> None:
    old = get("/style.css")
    (site / "style.css").write_text("new")

    new = get("/style.css", If_None_Match=old.headers["ETag"])

    assert (new.status, new.body) == (200, b"new")
    (site / "style.css").unlink()
    assert get("/style.css").status == 404
    (site / "style.css").write_text("back")
    assert get("/style.css").body == b"back"


def test_equal_dates_do_not_make_equal_contents(site: Path) -> None:
    tags: set[str] = set()
    for text in ("one", "two"):
        (site / "a.txt").write_text(text)
        os.utime(site / "a.txt", (1, 1))
        tags.add(StaticFiles(site).respond(Asked("/a.txt")).headers["ETag"])

    assert len(tags) == 2


def test_spellings_of_a_path_share_one_file_in_memory(site: Path) -> None:
    files = StaticFiles(site)
    for path in ("/style.css", "/%73tyle.css", "/st%79le.css"):
        assert files.respond(Asked(path)).status == 200

    assert len(files._store) == 1


def test_a_name_with_a_percent_sign_is_not_mistaken(site: Path) -> None:
    (site / "a%41.txt").write_text("percent")
    (site / "aA.txt").write_text("letter")
    files = StaticFiles(site)

    for _ in range(2):
        assert files.respond(Asked("/a%2541.txt")).body == b"percent"
        assert files.respond(Asked("/a%41.txt")).body == b"letter"


def test_without_memory_all_works_the_same(site: Path) -> None:
    files = StaticFiles(site, cache_bytes=0, max_cached_file=0)
    asked = Asked("/style.css", {"Accept-Encoding": "gzip"})

    for _ in range(2):
        assert gzip.decompress(content(files.respond(asked))) == (site / "style.css").read_bytes()
        assert content(files.respond(Asked("/style.css"))) == (site / "style.css").read_bytes()
        assert content(files.respond(Asked("/style.css", {"Range": "bytes=0-3"}))) == b"body"


async def test_as_a_handler_it_answers_alike(site: Path) -> None:
    files = StaticFiles(site)
    for path, fields, method in (
        ("/style.css", {}, "GET"),
        ("/style.css", {"Accept-Encoding": "gzip"}, "GET"),
        ("/index.html", {"Accept-Encoding": "gzip"}, "GET"),
        ("/missing", {}, "GET"),
        ("/style.css", {}, "POST"),
        ("/docs", {}, "GET"),
    ):
        asked = Asked(path, fields, method)
        response, again = await files(asked), StaticFiles(site).respond(asked)

        assert (response.status, response.headers) == (again.status, again.headers)
        assert response.body == again.body


async def test_the_loop_does_not_wait_for_the_compressor(site: Path) -> None:
    (site / "large.css").write_bytes(b"body { color: #123 }\n" * 20_000)
    files = StaticFiles(site)
    names: set[str] = set()
    compress = files._codings.compress

    def watch(key: str, file: Any) -> Any:
        names.add(threading.current_thread().name)
        return compress(key, file)

    codings: Any = files._codings
    codings.compress = watch
    asked = Asked("/large.css", {"Accept-Encoding": "gzip"})

    responses = await asyncio.gather(*(files(asked) for _ in range(10)))

    assert {response.status for response in responses} == {200}
    assert (await files(asked)).headers["Content-Encoding"] == "gzip"
    assert names
    assert threading.current_thread().name not in names


def test_many_threads_may_share_it(site: Path) -> None:
    files = StaticFiles(site, cache_files=2)
    paths = ["/style.css", "/docs/", "/index.html", "/photo.jpg", "/video.mp4", "/missing"]
    expected = {path: content(StaticFiles(site).respond(Asked(path))) for path in paths}

    def work(seed: int) -> bool:
        return all(
            content(files.respond(Asked(path))) == expected[path]
            for step in range(30)
            for path in paths[seed % 3 :: 1 + step % 2]
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))


@pytest.mark.parametrize("fields", [{}, {"Accept-Encoding": "gzip"}])
async def test_a_file_that_is_replaced_again_and_again_is_an_answer(
    site: Path, fields: dict[str, str]
) -> None:
    (site / "log.txt").write_bytes(b"x" * 10_000)
    files = StaticFiles(site, max_cached_file=0)
    asked = Asked("/log.txt", fields)

    class Restless(Root):
        def open(self, names: tuple[str, ...]) -> OpenFile:
            with (site / "log.txt").open("ab") as file:
                file.write(b"x")
            return super().open(names)

    files._store._root = Restless(site)

    for response in (files.respond(asked), await files(asked)):
        assert response.status == 503
        assert response.headers["Retry-After"] == "1"


def test_options_of_the_program_are_checked(site: Path) -> None:
    with pytest.raises(StaticFilesError, match="must exist"):
        StaticFiles(site / "missing")
    for name in ("max_compress", "max_cached_file", "cache_bytes", "cache_files"):
        wrong: Any = {name: -1}
        with pytest.raises(StaticFilesError, match=f"{name} must not be negative"):
            StaticFiles(site, **wrong)
    for wrong in (
        {"cache_control": "public\r\nX: y"},
        {"index": "../secret.txt"},
        {"index": ""},
        {"index": ".."},
        {"index": "a\0"},
        {"fallback": "index.html"},
        {"fallback": "/../secret.txt"},
    ):
        with pytest.raises(StaticFilesError, match="must"):
            StaticFiles(site, **wrong)
    assert "site" in repr(StaticFiles(site))


@pytest.mark.parametrize(
    "name", ["a b.txt", "#.txt", "?.txt", "ü.txt", "写真.txt", "a&b=c.txt", "%.txt"]
)
@pytest.mark.skipif(os.name == "nt", reason="not all of these are names there")
def test_names_of_all_kinds_can_be_asked_for(get: Get, site: Path, name: str) -> None:
    (site / name).write_text("found")

    assert get("/" + quote(name)).body == b"found"
