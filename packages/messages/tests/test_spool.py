"""groundup_messages.spool: memory first, then disk."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from groundup_forms import SpoolError
from groundup_messages.spool import IN_MEMORY, LARGE, Spool


@pytest.mark.parametrize(("size", "on_disk"), [(IN_MEMORY, False), (IN_MEMORY + 1, True)])
def test_goes_to_disk_past_its_limit(size: int, on_disk: bool) -> None:
    spool = Spool()
    spool.write(b"x" * (size - 1))
    spool.write(b"y")

    assert spool.on_disk is on_disk
    assert (spool.open() is not None) is on_disk
    assert spool.size == size
    assert spool.read() == b"".join(spool.pieces()) == b"x" * (size - 1) + b"y"
    spool.close()
    spool.close()


def test_pieces_are_small_and_readers_do_not_disturb_each_other() -> None:
    spool = Spool(in_memory=10)
    spool.write(b"0123456789" * 20_000)
    pieces = spool.pieces()

    first = next(pieces)
    assert len(spool.read()) == 200_000
    rest = list(pieces)

    assert first + b"".join(rest) == b"0123456789" * 20_000
    assert max(map(len, [first, *rest])) <= 65536
    spool.close()


FULL_DISK = """
import resource, signal
from groundup_forms import SpoolError
from groundup_messages.spool import Spool

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
for size in (100_000, 100):  # the second one fills the disk by what is in the buffer at the end
    spool = Spool(in_memory=10)
    try:
        for _ in range(1_000_001 // size + 1):
            spool.write(bytes(size))
        spool.finish()
    except SpoolError as error:
        print(error.status, error.strerror)
    spool.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs limits on the size of files")
def test_a_full_disk_is_a_clear_error_and_frees_what_was_taken() -> None:
    command = [sys.executable, "-W", "error", "-c", FULL_DISK]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("507 a body must fit on the disk: File too large") for line in lines)


def test_a_missing_folder_for_spools_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    spool = Spool(in_memory=1)

    with pytest.raises(SpoolError, match=r"a body must fit on the disk: .* set TMPDIR") as caught:
        spool.write(b"ab")

    assert caught.value.status == 507
    assert not spool.on_disk


def test_pieces_of_any_size_come_back_in_their_order() -> None:
    pieces = [b"a", b"b" * (LARGE - 1), b"c" * LARGE, b"d" * (LARGE + 1), b"e", b"", b"f"]
    spool = Spool()
    for piece in pieces:
        spool.write(piece)

    assert list(spool.pieces()) == [b"a" + pieces[1], pieces[2], pieces[3], b"ef"]
    assert spool.read() == b"".join(pieces)
    spool.close()


def test_an_empty_piece_is_none() -> None:
    spool = Spool()
    spool.write(b"")

    assert (spool.size, list(spool.pieces()), spool.read()) == (0, [], b"")
    spool.close()


def test_many_small_pieces_take_the_memory_of_their_bytes() -> None:
    spool = Spool()
    tracemalloc.start()
    for _ in range(200_000):
        spool.write(b"xy")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken < 600_000
    assert spool.read() == b"xy" * 200_000
    spool.close()


def test_what_is_in_memory_is_joined_once() -> None:
    spool = Spool()
    for _ in range(3):
        spool.write(b"x" * LARGE)
    pieces = spool.pieces()
    first = next(pieces)

    assert spool.read() is spool.read()
    assert len(first) + sum(map(len, pieces)) == 3 * LARGE
    spool.close()
