"""Ask the system for as many file descriptors as there may be connections.

    soft limit    what a process gets: 1,024 on most systems, 256 on others
    hard limit    what it may ask for: usually many thousands

Each connection needs one, and handlers open files of their own.  The soft limit is a habit from the
days of ``select``, which fails on larger numbers; whoever serves thousands of connections has to
ask for more, and most programs that do ask by themselves.
"""

import sys
from contextlib import suppress

__all__ = ["raise_limit"]

SPARE = 512  # for listeners, files, databases, and connections that are told to come again


def raise_limit(connections: int) -> None:
    """Raise the soft limit of this process to what so many connections need, if it may.

    What the system does not give is not an error: the server waits when it has none left.
    """
    if sys.platform == "win32":  # there is no such limit
        return
    import resource  # noqa: PLC0415 - POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    with suppress(ValueError, OSError):  # macOS has a limit of its own below its hard one
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
