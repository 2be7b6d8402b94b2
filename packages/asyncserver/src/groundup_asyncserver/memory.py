"""Let the process keep the memory of one large body for the next.

The allocator of glibc gives memory back to the system as soon as some 128 KiB at its end are free.
The next body takes it again, page by page: 500 faults for an upload of 1 MiB, which cost more than
all that is done with its bytes.  The limit moves by itself: when a large block is freed, to twice
its size (mallopt(3), M_MMAP_THRESHOLD).  So one is taken and freed, untouched; elsewhere that does
nothing.  A process keeps at most twice as much, and only if its bodies have needed it.
"""

from functools import cache

__all__ = ["keep_memory"]

KEPT = 4 * 1024 * 1024  # bytes


@cache
def keep_memory() -> None:
    """Do it, once in a process; its children have it, too."""
    bytes(KEPT)
