"""groundup_staticfiles.store: what is remembered, for how long, and how much of it."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from groundup_staticfiles.content import OVERHEAD
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.files import Root
from groundup_staticfiles.store import FileChanged, Store, _read_whole

FIELDS = [("Content-Type", "text/plain")]


def make_store(
    site: Path, *, max_bytes: int = 10**6, max_files: int = 100, max_file: int = 10**5
) -> Store:
    return Store(
        Root(site),
        lambda names: FIELDS,
        max_bytes=max_bytes,
        max_files=max_files,
        max_file=max_file,
    )


def fill(site: Path, store: Store, count: int, size: int = 1000) -> None:
    for number in range(count):
        (site / f"{number}.txt").write_bytes(bytes(size))
        store.load(f"/{number}.txt", (f"{number}.txt",))


def test_a_file_is_read_once(site: Path) -> None:
    store = make_store(site)
    file = store.load("/style.css", ("style.css",))

    assert store.get("/style.css") is file
    assert store.get("/other.css") is None
    assert file.identity.content == (site / "style.css").read_bytes()


def test_a_large_file_is_known_but_not_kept(site: Path) -> None:
    store = make_store(site)
    file = store.load("/video.mp4", ("video.mp4",))

    assert file.identity.content is None
    assert store.get("/video.mp4") is file
    assert store.size == OVERHEAD
    with store.open(file.identity) as opened:
        assert len(opened.read()) == file.identity.size == 1_000_000


def test_the_edge_between_small_and_large(site: Path) -> None:
    size = (site / "style.css").stat().st_size

    for limit, kept in ((size, True), (size - 1, False)):
        file = make_store(site, max_file=limit).load("/", ("style.css",))
        assert (file.identity.content is not None) == kept


def test_a_change_is_seen_by_the_next_request(site: Path) -> None:
    store = make_store(site)
    store.load("/style.css", ("style.css",))

    (site / "style.css").write_text("new")
    assert store.get("/style.css") is None
    assert (len(store), store.size) == (0, 0)

    store.load("/style.css", ("style.css",))
    (site / "style.css").unlink()
    assert store.get("/style.css") is None


def test_a_large_file_that_is_replaced_is_not_sent(site: Path) -> None:
    store = make_store(site)
    file = store.load("/video.mp4", ("video.mp4",))
    (site / "video.mp4").write_bytes(bytes(2_000_000))

    with pytest.raises(FileChanged):
        store.open(file.identity)
    (site / "video.mp4").unlink()
    with pytest.raises(PathError):
        store.open(file.identity)


def test_the_number_of_files_has_its_edge(site: Path) -> None:
    store = make_store(site, max_files=3)

    fill(site, store, 3)
    assert len(store) == 3
    fill(site, store, 4)
    assert len(store) == 3
    assert store.size == 3 * (OVERHEAD + 1000)


def test_the_number_of_bytes_has_its_edge(site: Path) -> None:
    store = make_store(site, max_bytes=3 * (OVERHEAD + 1000))

    fill(site, store, 3)
    assert len(store) == 3
    store.grow("/2.txt", store.get("/2.txt") or pytest.fail("it is there"), 1)
    assert len(store) == 2
    assert store.size == 2 * (OVERHEAD + 1000) + 1


def test_who_was_used_stays_longer(site: Path) -> None:
    store = make_store(site, max_files=3)
    fill(site, store, 3)
    store.get("/0.txt")

    (site / "new.txt").write_bytes(b"")
    store.load("/new.txt", ("new.txt",))

    assert store.get("/0.txt") is not None
    assert store.get("/1.txt") is None


def test_a_store_of_nothing_keeps_nothing(site: Path) -> None:
    for store in (make_store(site, max_bytes=0), make_store(site, max_files=0)):
        assert store.load("/style.css", ("style.css",)).identity.content
        assert (len(store), store.size) == (0, 0)


def test_growth_of_what_has_been_dropped_is_not_counted(site: Path) -> None:
    store = make_store(site)
    file = store.load("/style.css", ("style.css",))
    (site / "style.css").unlink()
    store.get("/style.css")

    store.grow("/style.css", file, 100)

    assert store.size == 0


def test_many_threads_keep_the_books_right(site: Path) -> None:
    store = make_store(site, max_files=5)
    fill(site, store, 10)

    def work(seed: int) -> None:
        for step in range(200):
            number = (seed * 7 + step) % 10
            if store.get(f"/{number}.txt") is None:
                with suppress(FileChanged):  # another thread has just touched it
                    store.load(f"/{number}.txt", (f"{number}.txt",))
            if step % 50 == 0:
                os.utime(site / f"{number}.txt")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert len(store) <= 5
    assert store.size == len(store) * (OVERHEAD + 1000)


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be written into there")
def test_a_file_that_is_written_into_while_it_is_read_is_not_kept(site: Path) -> None:
    store = make_store(site)
    variant = store.load("/video.mp4", ("video.mp4",)).identity

    with store.open(variant) as opened:
        (site / "video.mp4").write_bytes(b"other")
        with pytest.raises(FileChanged):
            _read_whole(opened)
