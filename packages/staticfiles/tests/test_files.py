"""groundup_staticfiles.files: nothing outside the root, whatever lies inside it."""

import asyncio
import errno
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from groundup_response import BodyError
from groundup_staticfiles import StaticFilesError
from groundup_staticfiles.errors import PathError
from groundup_staticfiles.files import (
    CAN_WALK,
    Root,
    _path_error,
    open_comparing,
    open_following,
    open_walking,
)

Opener = Callable[[str, tuple[str, ...]], int]
needs_links = pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")


@pytest.fixture(params=["walking", "comparing", "following"])
def opener(request: pytest.FixtureRequest) -> Opener:
    if request.param == "walking" and not CAN_WALK:
        pytest.skip("this system cannot open a name in an open folder")
    openers: dict[str, Opener] = {
        "walking": open_walking,
        "comparing": open_comparing,
        "following": open_following,
    }
    return openers[request.param]


@pytest.fixture
def root(site: Path, opener: Opener) -> Root:
    root = Root(site)
    root._open = opener
    return root


def read(root: Root, *names: str) -> bytes:
    file, status = root.open(names)
    with file:
        data = file.read()
    assert status.st_size == len(data)
    return data


def test_reads_files_below_the_root(root: Root, site: Path) -> None:
    assert read(root, "index.html") == b"<h1>home</h1>"
    assert read(root, "docs", "index.html") == b"<h1>docs</h1>"
    assert root.locate(("docs", "a")) == site / "docs" / "a"


@pytest.mark.parametrize(
    "names",
    [("missing",), ("docs", "missing"), ("index.html", "x"), ("docs",), ("empty",), ("x" * 300,)],
)
def test_what_is_no_file_is_not_there(root: Root, names: tuple[str, ...]) -> None:
    with pytest.raises(PathError) as caught:
        root.open(names)

    assert caught.value.status == 404


def test_every_folder_on_the_way_is_opened_and_closed(root: Root, site: Path) -> None:
    (site / "a" / "b" / "c").mkdir(parents=True)
    (site / "a" / "b" / "c" / "d.txt").write_bytes(b"deep")

    assert read(root, "a", "b", "c", "d.txt") == b"deep"
    for names in (("a", "b", "no", "d.txt"), ("a", "index.html", "c", "d.txt")):
        with pytest.raises(PathError):
            root.open(names)


def test_a_name_that_no_system_can_write_is_not_there(root: Root) -> None:
    with pytest.raises(PathError) as caught:
        root.open(("\ud800.txt",))

    assert caught.value.status == 404


def test_a_folder_is_told_from_what_is_not_there(root: Root) -> None:
    for names, is_folder in ((("docs",), True), (("missing",), False), (("docs", "no"), False)):
        with pytest.raises(PathError) as caught:
            root.open(names)
        assert (caught.value.status, caught.value.is_folder) == (404, is_folder)


@needs_links
def test_links_are_followed_only_on_request(root: Root, site: Path, opener: Opener) -> None:
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    (site / "folder").symlink_to(site.parent)
    (site / "inside.txt").symlink_to(site / "index.html")
    (site / "loop").symlink_to(site / "loop")

    for names in (("link.txt",), ("folder", "secret.txt"), ("inside.txt",)):
        if opener is open_following:
            assert read(root, *names)
        else:
            with pytest.raises(PathError) as caught:
                root.open(names)
            assert caught.value.status == 404
    with pytest.raises(PathError):
        root.open(("loop",))


@needs_links
def test_the_root_itself_may_be_a_link_and_be_switched(site: Path, opener: Opener) -> None:
    current = site.parent / "current"
    current.symlink_to(site)
    root = Root(current)
    root._open = opener
    assert read(root, "index.html") == b"<h1>home</h1>"

    release = site.parent / "release-2"
    release.mkdir()
    (release / "index.html").write_text("<h1>two</h1>")
    current.unlink()
    current.symlink_to(release)

    assert read(root, "index.html") == b"<h1>two</h1>"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_are_not_read(root: Root, site: Path) -> None:
    os.mkfifo(site / "pipe")

    with pytest.raises(PathError) as caught:
        root.open(("pipe",))

    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("number", "status"),
    [(errno.ENOENT, 404), (errno.ELOOP, 404), (errno.EACCES, 403), (errno.EMFILE, 503)],
)
def test_errors_of_the_system_are_answers(number: int, status: int) -> None:
    assert _path_error(OSError(number, "x"), ("a",)).status == status
    with pytest.raises(OSError, match="disk on fire"):
        _path_error(OSError(errno.EIO, "disk on fire"), ("a",))


def test_the_root_must_be_a_folder(site: Path) -> None:
    with pytest.raises(StaticFilesError, match="must exist"):
        Root(site / "missing")
    with pytest.raises(StaticFilesError, match="got the file"):
        Root(site / "index.html")


def test_no_descriptor_is_left_open(root: Root, site: Path) -> None:
    (site / "next").write_bytes(b"")
    before = os.open(site / "next", os.O_RDONLY)
    os.close(before)

    (site / "docs" / "deep").mkdir()
    not_there = [("docs",), ("docs", "missing"), ("index.html", "x"), ("missing", "x")]
    for names in (*not_there, ("docs", "deep", "x"), ("docs", "deep", "x", "y")):
        with pytest.raises(PathError):
            root.open(names)
    read(root, "docs", "index.html")

    after = os.open(site / "next", os.O_RDONLY)
    os.close(after)
    assert after == before


def swap(real: Path, turn: Path, outside: Path, stop: threading.Event) -> None:
    """Make ``turn`` a folder and a link to another one, in turns."""
    while not stop.is_set():
        real.rename(turn)
        turn.rename(real)
        turn.symlink_to(outside)
        turn.unlink()


@pytest.mark.skipif(not CAN_WALK, reason="this system cannot open a name in an open folder")
def test_a_link_that_is_put_there_meanwhile_is_not_followed(site: Path) -> None:
    outside = site.parent / "outside"
    for folder, text in ((outside, "SECRET"), (site / "real", "public")):
        folder.mkdir()
        (folder / "a.txt").write_text(text)
    root, stop, seen = Root(site), threading.Event(), set[bytes]()
    paths = (site / "real", site / "turn", outside)
    thread = threading.Thread(target=swap, args=(*paths, stop))
    thread.start()

    try:
        for _ in range(3000):
            with suppress(PathError):
                seen.add(read(root, "turn", "a.txt"))
    finally:
        stop.set()
        thread.join()

    assert b"SECRET" not in seen


# -- while a file is sent ---------------------------------------------------------------------


def change(path: Path, kind: str) -> None:
    status = path.stat()
    if kind == "shorter":
        os.truncate(path, status.st_size // 2)
    elif kind == "longer":
        with path.open("ab") as file:
            file.write(b"more")
    else:
        with path.open("r+b") as file:
            file.write(b"other bytes")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1000))


@pytest.mark.parametrize("kind", ["shorter", "longer", "as long"])
def test_a_file_that_is_written_into_is_an_error_for_its_reader(site: Path, kind: str) -> None:
    file, _ = Root(site).open(("video.mp4",))
    with file:
        assert len(file.read(1000)) == 1000
        change(site / "video.mp4", kind)

        with pytest.raises(BodyError, match="must stay as it is"):
            file.read(1000)
        with pytest.raises(BodyError, match="must stay as it is"):
            file.fileno()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be replaced there")
def test_a_file_that_is_replaced_or_removed_is_read_to_its_end(site: Path) -> None:
    (site / "video.mp4").write_bytes(b"old" * 1000)
    file, _ = Root(site).open(("video.mp4",))
    (site / "new.mp4").write_bytes(b"new" * 1000)
    with file:
        assert file.read(3) == b"old"
        (site / "new.mp4").replace(site / "video.mp4")
        assert file.read(1497) == b"old" * 499
        (site / "video.mp4").unlink()
        file.fileno()
        assert file.read(None) == b"old" * 500
        assert file.read() == b""


async def test_the_kernel_is_not_given_a_file_that_was_written_into(site: Path) -> None:
    """As a server sends: slice after slice by ``loop.sendfile``."""
    (site / "video.mp4").write_bytes(b"x" * 100_000)
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    reader, answering = await asyncio.open_connection(sock=theirs)
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    file, _ = Root(site).open(("video.mp4",))
    try:
        assert await loop.sendfile(transport, file, 0, 50_000, fallback=False) == 50_000
        assert await reader.readexactly(50_000) == b"x" * 50_000
        change(site / "video.mp4", "as long")

        with pytest.raises(BodyError, match="must stay as it is"):
            await loop.sendfile(transport, file, 50_000, 50_000, fallback=False)
    finally:
        file.close()
        transport.close()
        answering.close()
        await answering.wait_closed()


# -- what may not be read ---------------------------------------------------------------------


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder, while we are somebody who may not read everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    was_root = os.name != "nt" and os.geteuid() == 0
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
        for path in sorted(folder.rglob("*")):
            path.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="rights are another matter on Windows")
def test_what_may_not_be_read_is_forbidden_and_says_no_more(nobody: Path, opener: Opener) -> None:
    for name in ("closed", "searched"):
        (nobody / name).mkdir()
        (nobody / name / "a.txt").write_text("a")
    (nobody / "a.txt").write_text("SECRET")
    (nobody / "a.txt").chmod(0)
    (nobody / "closed").chmod(0)
    (nobody / "searched").chmod(0o711)
    if os.geteuid() == 0:
        os.seteuid(65534)
    root = Root(nobody)
    root._open = opener

    for names in (("a.txt",), ("closed", "a.txt"), ("closed", "missing")):
        with pytest.raises(PathError) as caught:
            root.open(names)
        assert caught.value.status == 403
    assert read(root, "searched", "a.txt") == b"a"
