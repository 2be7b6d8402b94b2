"""groundup_staticfiles.sending: conditions before ranges, and files that change meanwhile."""

import os
from pathlib import Path
from typing import Any

import pytest

from groundup_httpparse import Headers
from groundup_response import BodyError, FileBody
from groundup_staticfiles.content import Variant
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.files import Root, WatchedFile
from groundup_staticfiles.sending import refuse, send, send_status
from groundup_staticfiles.store import FileChanged, Store


class Asked:
    path = "/"

    def __init__(self, fields: dict[str, str], method: str = "GET") -> None:
        self.method = method
        self.headers = Headers(fields)


@pytest.fixture
def store(site: Path) -> Store:
    return Store(
        Root(site),
        lambda names: [("Content-Type", "video/mp4")],
        max_bytes=10**6,
        max_files=10,
        max_file=10_000,
    )


def load(store: Store, name: str) -> Variant:
    return store.load(f"/{name}", (name,)).identity


@pytest.mark.parametrize("name", ["style.css", "video.mp4"])
def test_sends_the_whole_from_memory_or_from_the_file(store: Store, site: Path, name: str) -> None:
    with send(Asked({}), load(store, name), store) as response:
        assert response.status == 200
        assert response.serialize().endswith((site / name).read_bytes()[-100:])
        assert isinstance(response.body, FileBody) == (name == "video.mp4")


@pytest.mark.parametrize("name", ["style.css", "video.mp4"])
@pytest.mark.parametrize(
    ("value", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None)],
)
def test_sends_a_range(
    store: Store, site: Path, name: str, value: str, start: int, stop: int | None
) -> None:
    content = (site / name).read_bytes()
    part = content[start:stop]
    first = start % len(content)

    with send(Asked({"Range": value}), load(store, name), store) as response:
        assert response.status == 206
        assert (
            response.headers["Content-Range"]
            == f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        )
        assert response.content_length == len(part)
        assert response.serialize().partition(b"\r\n\r\n")[2] == part


@pytest.mark.parametrize("name", ["style.css", "video.mp4"])
def test_sends_several_ranges(store: Store, name: str) -> None:
    with send(Asked({"Range": "bytes=0-9,1000-1009"}), load(store, name), store) as response:
        assert response.status == 206
        assert response.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
        assert "Content-Range" not in response.headers
        head, _, body = response.serialize().partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert body.count(b"Content-Type: video/mp4") == 2


def test_a_range_outside_is_416_with_the_size(store: Store) -> None:
    response = send(Asked({"Range": "bytes=9999999-"}), load(store, "video.mp4"), store)

    assert response.status == 416
    assert response.headers["Content-Range"] == "bytes */1000000"


def test_head_has_the_fields_of_the_whole_and_no_file_is_opened(store: Store) -> None:
    response = send(Asked({"Range": "bytes=0-9"}, "HEAD"), load(store, "video.mp4"), store)

    assert (response.status, response.body) == (200, b"")
    head = response.serialize(method="HEAD")
    assert head.count(b"Content-Length: 1000000\r\n") == 1
    assert head.endswith(b"\r\n\r\n")


def test_conditions_come_before_ranges(store: Store) -> None:
    variant = load(store, "style.css")
    fields = {"Range": "bytes=0-9", "If-None-Match": variant.etag}

    assert send(Asked(fields), variant, store).status == 304
    assert send(Asked({"Range": "bytes=0-9", "If-Match": '"x"'}), variant, store).status == 412


def test_if_range_decides_between_the_part_and_the_whole(store: Store) -> None:
    variant = load(store, "style.css")

    for condition, status in ((variant.etag, 206), (variant.modified_text, 206), ('"x"', 200)):
        fields = {"Range": "bytes=0-9", "If-Range": condition}
        assert send(Asked(fields), variant, store).status == status


def test_not_modified_has_its_fields_and_no_others(store: Store) -> None:
    variant = load(store, "style.css")

    response = send(Asked({"If-None-Match": variant.etag}), variant, store)

    assert response.headers.multi_items() == [("ETag", variant.etag)]
    assert (
        response.serialize()
        == f"HTTP/1.1 304 Not Modified\r\nETag: {variant.etag}\r\n\r\n".encode()
    )


def test_a_response_may_be_changed_and_the_next_is_not(store: Store) -> None:
    variant = load(store, "style.css")
    first = send(Asked({}), variant, store)
    first.set_header("ETag", '"changed"')
    first.add_header("X-New", "1")

    second = send(Asked({}), variant, store)

    assert second.headers["ETag"] == variant.etag
    assert "X-New" not in second.headers


@pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-9"}, {"Range": "bytes=0-9,500-600"}])
def test_a_file_that_was_replaced_is_not_sent(
    store: Store, site: Path, fields: dict[str, str]
) -> None:
    variant = load(store, "video.mp4")
    (site / "video.mp4").write_bytes(bytes(900_000))

    with pytest.raises(FileChanged):
        send(Asked(fields), variant, store)


@pytest.mark.parametrize("size", [10, 1_000_000, 2_000_000])
@pytest.mark.parametrize(
    "fields", [{}, {"Range": "bytes=100-"}, {"Range": "bytes=0-9,300000-600000"}]
)
def test_a_file_that_is_written_into_while_it_is_sent_breaks_off(
    store: Store, site: Path, fields: dict[str, str], size: int
) -> None:
    with send(Asked(fields), load(store, "video.mp4"), store) as response:
        body: Any = response.body
        pieces = iter(body)
        next(pieces)
        (site / "video.mp4").write_bytes(b"x" * size)
        os.utime(site / "video.mp4", (1, 1))

        with pytest.raises(BodyError, match="must stay as it is"):
            list(pieces)


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed there")
def test_a_file_that_vanishes_while_it_is_sent_is_sent_whole(store: Store, site: Path) -> None:
    with send(Asked({}), load(store, "video.mp4"), store) as response:
        body: Any = response.body
        pieces = iter(body)
        first = next(pieces)
        (site / "video.mp4").unlink()

        assert len(first) + sum(map(len, pieces)) == response.content_length == 1_000_000


def test_a_file_that_shrinks_between_the_look_and_the_sending_is_looked_at_again(
    store: Store, site: Path
) -> None:
    variant = load(store, "video.mp4")
    opened = store.open

    def shrink(found: Variant) -> WatchedFile:
        file = opened(found)
        os.truncate(site / "video.mp4", 10)
        return file

    careful: Any = store
    careful.open = shrink
    for fields in ({}, {"Range": "bytes=0-99"}):
        with pytest.raises(FileChanged):
            send(Asked(fields), variant, store)
        (site / "video.mp4").write_bytes(bytes(1_000_000))
        variant = load(store, "video.mp4")


def test_a_status_says_no_more_than_its_name() -> None:
    assert send_status(404).text == "Not Found\n"
    assert send_status(405, Allow="GET, HEAD").headers["Allow"] == "GET, HEAD"
    assert send_status(503).headers["Retry-After"] == "1"
    assert send_status(204).serialize() == b"HTTP/1.1 204 No Content\r\n\r\n"
    refused = refuse(PathError("a secret reason", status=403))
    assert (refused.status, refused.text) == (403, "Forbidden\n")
    assert str(refused.error) == "a secret reason"
