"""groundup_messages.spool: memory first, then disk."""

import pytest

from groundup_messages.spool import IN_MEMORY, Spool


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
