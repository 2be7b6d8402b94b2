"""groundup_staticfiles.codings: siblings, and gzip made while somebody waits."""

import gzip
import os
import time
from pathlib import Path

import pytest

from groundup_staticfiles import codings as module
from groundup_staticfiles.codings import MIN_COMPRESS, Codings, Compression
from groundup_staticfiles.content import File
from groundup_staticfiles.files import Root
from groundup_staticfiles.store import FileChanged, Store


class Bench:
    """A store, codings over it, and one file."""

    def __init__(
        self, site: Path, name: str = "style.css", *, on: bool = True, most: int = 10**6
    ) -> None:
        kind = "text/css" if name.endswith(".css") else "image/jpeg"
        self.store = Store(
            Root(site),
            lambda names: [("Content-Type", kind)],
            max_bytes=10**7,
            max_files=100,
            max_file=10**5,
        )
        self.codings = Codings(self.store, gzip=on, max_compress=most)
        self.key = f"/{name}"
        self.file: File = self.store.load(self.key, (name,))

    def available(self) -> tuple[str, ...]:
        return self.codings.available(self.key, self.file)


def make_sibling(site: Path, suffix: str, content: bytes, age: int = 0) -> Path:
    path = site / f"style.css{suffix}"
    path.write_bytes(content)
    when = (site / "style.css").stat().st_mtime_ns - age * 10**9
    os.utime(path, ns=(when, when))
    return path


def test_gzip_is_made_once_and_kept(site: Path) -> None:
    bench = Bench(site)
    assert bench.available() == ("gzip",)
    assert bench.codings.get(bench.key, bench.file, "gzip") is None
    before = bench.store.size

    work = Compression(bench.codings, bench.key, bench.file)
    variant = work.run()

    assert work.size == 6300
    assert variant.content is not None
    assert gzip.decompress(variant.content) == (site / "style.css").read_bytes()
    assert variant.etag == f'W/{bench.file.identity.etag[:-1]}-gzip"'
    assert bench.codings.get(bench.key, bench.file, "gzip") is variant
    assert bench.store.size == before + len(variant.content)
    assert not bench.file.busy


@pytest.mark.parametrize(
    ("size", "most", "fits"),
    [
        (MIN_COMPRESS, 1000, True),
        (MIN_COMPRESS - 1, 1000, False),
        (1000, 1000, True),
        (1001, 1000, False),
    ],
)
def test_sizes_have_their_edges(site: Path, size: int, most: int, fits: bool) -> None:
    (site / "style.css").write_bytes(b"a" * size)

    assert Bench(site, most=most).available() == (("gzip",) if fits else ())


def test_no_gzip_where_it_is_off_or_useless(site: Path) -> None:
    assert Bench(site, on=False).available() == ()
    assert Bench(site, "photo.jpg").available() == ()


def test_what_gets_no_smaller_is_sent_as_it_is(site: Path) -> None:
    (site / "style.css").write_bytes(os.urandom(1000))
    bench = Bench(site)
    assert bench.available() == ("gzip",)

    assert bench.codings.compress(bench.key, bench.file) is bench.file.identity
    assert bench.available() == ()


def test_a_file_that_is_not_kept_can_be_compressed(site: Path) -> None:
    (site / "style.css").write_bytes(b"a" * 200_000)
    bench = Bench(site)
    assert bench.file.identity.content is None

    variant = bench.codings.compress(bench.key, bench.file)
    assert gzip.decompress(variant.content or b"") == b"a" * 200_000

    (site / "style.css").write_bytes(b"b" * 200_001)
    with pytest.raises(FileChanged):
        bench.codings.compress(bench.key, bench.file)
    assert not bench.file.busy


def test_siblings_are_found(site: Path) -> None:
    for suffix in (".gz", ".br", ".zst"):
        make_sibling(site, suffix, suffix.encode())
    bench = Bench(site, on=False)

    assert bench.available() == ("br", "zstd", "gzip")
    variants = [bench.codings.get(bench.key, bench.file, coding) for coding in bench.available()]
    assert [variant.content for variant in variants if variant] == [b".br", b".zst", b".gz"]
    tags = {variant.etag for variant in variants if variant} | {bench.file.identity.etag}
    assert len(tags) == 4
    assert not any(tag.startswith("W/") for tag in tags)


def test_a_sibling_that_is_older_is_left_over(site: Path) -> None:
    make_sibling(site, ".br", b"old", age=2)

    assert Bench(site).available() == ("gzip",)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_a_sibling_that_leads_outside_is_not_used(site: Path) -> None:
    (site / "style.css.br").symlink_to(site.parent / "secret.txt")
    (site / "style.css.gz").mkdir()

    assert Bench(site, on=False).available() == ()


def test_siblings_come_and_go(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(site)
    assert bench.available() == ("gzip",)
    path = make_sibling(site, ".br", b"one")
    assert bench.available() == ("gzip",)  # looked for a moment ago

    bench.file.checked = time.monotonic() - module.INTERVAL
    assert bench.available() == ("br", "gzip")
    first = bench.codings.get(bench.key, bench.file, "br")
    assert bench.codings.get(bench.key, bench.file, "br") is first

    path.write_bytes(b"two!")
    second = bench.codings.get(bench.key, bench.file, "br")
    assert second is not None
    assert second.content == b"two!"

    path.unlink()
    assert bench.codings.get(bench.key, bench.file, "br") is bench.file.identity
    assert bench.available() == ("gzip",)


def test_a_sibling_that_is_known_is_not_read_again(site: Path) -> None:
    make_sibling(site, ".br", b"brotli")
    bench = Bench(site, on=False)
    assert bench.available() == ("br",)
    known = bench.file.siblings["br"]
    make_sibling(site, ".gz", b"gzip")

    bench.file.checked -= module.INTERVAL
    size = bench.store.size

    assert bench.available() == ("br", "gzip")
    assert bench.file.siblings["br"] is known
    assert bench.store.size == size + len(b"gzip")
