"""groundup_staticfiles.copies: at once, and only when needed."""

import os
from pathlib import Path

import pytest

from groundup_staticfiles.copies import Content, digest_of, holds, size_of, write


def test_bytes_and_files_are_the_same_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello")

    assert digest_of(b"hello") == digest_of(tmp_path / "a")
    assert len(digest_of(b"")) == 20
    assert size_of(b"hello") == size_of(tmp_path / "a") == 5


def test_writes_what_it_then_holds(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello")

    contents: list[Content] = [b"hello", tmp_path / "a"]
    for number, content in enumerate(contents):
        path = tmp_path / "in" / "folders" / str(number)
        write(path, content, 10**18)
        assert (path.read_bytes(), path.stat().st_mtime_ns) == (b"hello", 10**18)
        assert holds(path, content, 10**18)
        assert holds(path, content, None)


@pytest.mark.parametrize("kind", ["missing", "a folder", "shorter", "other", "older"])
@pytest.mark.parametrize("large", [False, True])
def test_what_is_not_the_same_is_not_held(tmp_path: Path, kind: str, *, large: bool) -> None:
    (tmp_path / "source").write_bytes(b"hello")
    path = tmp_path / "a"
    if kind == "a folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes({"shorter": b"hell", "other": b"jello", "older": b"hello"}[kind])
        os.utime(path, ns=(10**18, 10**18 - (kind == "older") * 10**9))

    assert not holds(path, tmp_path / "source" if large else b"hello", 10**18)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_a_link_is_not_the_file_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"hello")
    (tmp_path / "a").symlink_to("source")

    assert not holds(tmp_path / "a", b"hello", None)
    write(tmp_path / "a", b"hello", None)
    assert not (tmp_path / "a").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be replaced there")
def test_who_reads_the_old_one_reads_it_to_its_end(tmp_path: Path) -> None:
    write(tmp_path / "a", b"old" * 10, None)

    with (tmp_path / "a").open("rb", buffering=0) as file:
        assert file.read(3) == b"old"
        write(tmp_path / "a", b"new", None)
        assert file.read() == b"old" * 9


def test_a_write_that_fails_leaves_no_half(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write(tmp_path / "a", tmp_path / "missing", None)

    assert list(tmp_path.iterdir()) == []
