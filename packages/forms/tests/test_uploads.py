"""groundup_forms.uploads: memory, disk, and names that are safe to write."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from groundup_forms import PartStart, UploadedFile
from groundup_forms.filenames import safe_filename
from groundup_forms.uploads import LARGE, MAX_NUMBER


def upload(
    content: bytes = b"content", filename: str = "me.png", spool: int = 1000
) -> UploadedFile:
    file = UploadedFile("avatar", filename, spool=spool)
    file.write(content)
    file.rewind()
    return file


def test_small_files_stay_in_memory_and_large_ones_go_to_the_disk() -> None:
    with upload(b"x" * 4, spool=4) as small, upload(b"x" * 5, spool=4) as large:
        assert not small.on_disk
        assert large.on_disk
        assert small.read() + large.read() == b"x" * 9
        assert (small.size, large.size) == (4, 5)


def test_what_was_in_memory_comes_first_on_the_disk() -> None:
    with UploadedFile("f", spool=4) as file:
        for piece in (b"ab", b"cd", b"", b"ef", b"gh"):
            file.write(piece)
        file.rewind()

        assert file.on_disk
        assert file.file.read() == b"abcdefgh"


def test_pieces_of_any_size_come_back_in_their_order() -> None:
    pieces = [b"a", b"b" * (LARGE - 1), b"c" * LARGE, b"d" * (LARGE + 1), b"e", b"", b"f"]

    with UploadedFile("f") as file:
        for piece in pieces:
            file.write(piece)
        file.rewind()

        assert not file.on_disk
        assert file.file.read() == file.read() == b"".join(pieces)


def test_a_file_can_be_looked_into_while_it_arrives() -> None:
    with UploadedFile("f", spool=4 * LARGE) as file:
        for at, piece in enumerate((b"ab", b"x" * LARGE, b"c", b"y" * 3 * LARGE)):
            file.write(piece)
            assert file.read() == (b"ab" + b"x" * LARGE + b"c" + b"y" * 3 * LARGE)[: file.size]
            assert file.on_disk == (at == 3)


def test_many_small_pieces_take_the_memory_of_their_bytes() -> None:
    with UploadedFile("f", spool=400_000) as file:
        tracemalloc.start()
        for _ in range(200_000):
            file.write(b"xy")
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert not file.on_disk
        assert taken < 600_000
        assert file.read() == b"xy" * 200_000


def test_a_whole_file_in_memory_is_not_copied_for_each_reader() -> None:
    with upload(b"x" * 100, spool=100) as file:
        assert file.read() is file.read()


def test_nothing_can_be_written_after_the_end() -> None:
    file = UploadedFile("f")
    file.write(b"a")
    file.close()

    with pytest.raises(ValueError, match="closed"):
        file.write(b"b")


@pytest.mark.parametrize("spool", [0, 1000])
def test_is_read_as_a_whole_however_often_or_in_pieces(spool: int) -> None:
    with upload(b"0123456789", spool=spool) as file:
        assert file.read(4) == b"0123"
        assert file.read(4) == b"4567"
        assert file.read() == file.read() == b"0123456789"
        assert file.read(4) == b""

        pieces = file.chunks(4)
        assert next(pieces) == b"0123"
        file.read()
        assert list(pieces) == [b"4567", b"89"]


def test_an_empty_file_is_a_file() -> None:
    with upload(b"", spool=0) as file:
        assert (file.size, file.read(), list(file.chunks())) == (0, b"", [])


@pytest.mark.parametrize("spool", [0, 1000])
def test_a_closed_file_is_not_read(spool: int) -> None:
    file = upload(spool=spool)
    file.close()
    file.close()

    for read in (file.read, lambda: list(file.chunks())):
        with pytest.raises(ValueError, match="closed"):
            read()


def test_knows_its_part() -> None:
    part = PartStart("f", "a.png", "image/png", None, 5, b"X-Extra: 1")
    with UploadedFile.from_part(part, 10) as file:
        assert (file.name, file.filename, file.content_type) == ("f", "a.png", "image/png")
        assert file.headers["X-Extra"] == "1"
        assert repr(file) == "<UploadedFile 'a.png' image/png 0 bytes>"
    with UploadedFile.from_part(PartStart("f", ""), 10) as file:
        assert file.content_type == "application/octet-stream"
    assert len(upload().headers) == 0


def test_saves_to_a_path(tmp_path: Path) -> None:
    path = upload().save(tmp_path / "new.png")

    assert path == tmp_path / "new.png"
    assert path.read_bytes() == b"content"


def test_a_path_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.write_bytes(b"old")

    with pytest.raises(FileExistsError):
        upload().save(path)

    assert path.read_bytes() == b"old"
    assert upload().save(str(path), overwrite=True).read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("filename", ["../../evil", "/etc/passwd", "..", "", "a\\..\\b", "con"])
def test_in_a_folder_the_name_is_safe(tmp_path: Path, filename: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    path = upload(filename=filename).save(folder)

    assert path.parent == folder
    assert path.name == safe_filename(filename)
    assert list(tmp_path.iterdir()) == [folder]


def test_in_a_folder_a_second_file_gets_a_number(tmp_path: Path) -> None:
    names = [upload(f"{number}".encode()).save(tmp_path).name for number in range(3)]

    assert names == ["me.png", "me-2.png", "me-3.png"]
    assert (tmp_path / "me-3.png").read_bytes() == b"2"
    assert upload().save(tmp_path, overwrite=True).name == "me.png"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_full_of_one_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "me.png").touch()
    for number in range(2, MAX_NUMBER + 1):
        (tmp_path / f"me-{number}.png").touch()

    with pytest.raises(FileExistsError, match=r"free name like 'me\.png', 1000 are taken"):
        upload().save(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"old")
    link, dangling = tmp_path / "link", tmp_path / "dangling"
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "nowhere")

    for path in (link, dangling):
        with pytest.raises(FileExistsError):
            upload().save(path)
    upload().save(link, overwrite=True)

    assert target.read_bytes() == b"old"
    assert not link.is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_nothing_is_left_behind_when_saving_fails(tmp_path: Path) -> None:
    file = upload(spool=0)
    file.close()
    (tmp_path / "folder" / "me.png").mkdir(parents=True)

    with pytest.raises(ValueError, match="closed"):
        file.save(tmp_path / "new")
    with pytest.raises(OSError, match=r"me\.png"):
        upload().save(tmp_path / "folder", overwrite=True)
    with pytest.raises(FileNotFoundError):
        upload().save(tmp_path / "missing" / "new")

    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "me.png"]


FULL_DISK = """
import resource, signal
from groundup_forms import FormParser, SpoolError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
parser = FormParser("multipart/form-data; boundary=b")
parser.feed(b'--b\\r\\nContent-Disposition: form-data; name="f"; filename="f"\\r\\n\\r\\n')
try:
    for _ in range(40):
        parser.feed(bytes(100_000))
    parser.feed(b"\\r\\n--b--")
except SpoolError as error:
    print(error.status, error.strerror)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs limits on the size of files")
def test_a_full_disk_is_a_clear_error_and_frees_what_was_taken() -> None:
    command = [sys.executable, "-W", "error", "-c", FULL_DISK]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert done.stderr == ""
    assert done.stdout.startswith("507 an upload must fit on the disk: File too large")


NO_FOLDER = """
import tempfile
from groundup_forms import SpoolError, UploadedFile

tempfile.tempdir = "/nonexistent"
file = UploadedFile("f", spool=1)
try:
    file.write(b"ab")
except SpoolError as error:
    print(error.strerror)
"""


def test_a_missing_folder_for_spools_is_a_clear_error() -> None:
    command = [sys.executable, "-W", "error", "-c", NO_FOLDER]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert done.stderr == ""
    assert "set TMPDIR" in done.stdout
