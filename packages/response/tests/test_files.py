"""groundup_response.files: what is announced is what is sent."""

import io
import os
from pathlib import Path

import pytest

from groundup_response import BodyError, FileBody


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "digits.txt"
    path.write_bytes(b"0123456789")
    return path


def test_sends_the_whole_file_and_more_than_once(path: Path) -> None:
    with FileBody(path) as body:
        assert (body.path, body.offset, body.length) == (path, 0, 10)
        assert b"".join(body) == b"".join(body) == b"0123456789"

    assert body.file.closed


@pytest.mark.parametrize(
    ("offset", "length", "content"),
    [(0, 10, b"0123456789"), (3, None, b"3456789"), (3, 4, b"3456"), (10, None, b""), (5, 0, b"")],
)
def test_sends_a_range(path: Path, offset: int, length: int | None, content: bytes) -> None:
    with FileBody(str(path), offset=offset, length=length) as body:
        assert b"".join(body) == content
        assert body.length == len(content)


@pytest.mark.parametrize(("offset", "length"), [(11, None), (-1, None), (0, 11), (5, 6), (0, -1)])
def test_range_must_lie_inside_the_file(path: Path, offset: int, length: int | None) -> None:
    with pytest.raises(BodyError, match="inside the file's 10 bytes"):
        FileBody(path, offset=offset, length=length)


def test_reads_large_files_in_pieces() -> None:
    content = os.urandom(200_000)

    pieces = list(FileBody(io.BytesIO(content)))

    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 65536


def test_file_that_gets_shorter_is_an_error(path: Path) -> None:
    with FileBody(path) as body:
        os.truncate(path, 4)

        with pytest.raises(BodyError, match="got shorter"):
            list(body)


def test_file_that_is_replaced_or_grows_is_sent_as_announced(path: Path) -> None:
    with FileBody(path) as body:
        with path.open("ab") as file:
            file.write(b"more")
        path.rename(path.with_suffix(".old"))
        path.write_bytes(b"other")

        assert b"".join(body) == b"0123456789"


def test_only_regular_files_are_sent(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        FileBody(tmp_path)
    with pytest.raises(FileNotFoundError):
        FileBody(tmp_path / "missing")
    with pytest.raises(BodyError, match="regular file"):
        FileBody(os.devnull)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_without_a_writer_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(BodyError, match="regular file"):
        FileBody(tmp_path / "pipe")


def test_closing_twice_is_fine(path: Path) -> None:
    body = FileBody(path)

    body.close()
    body.close()

    with pytest.raises(ValueError, match="closed"):
        list(body)
