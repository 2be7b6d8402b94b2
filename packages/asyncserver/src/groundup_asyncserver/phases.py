"""What a connection is waiting for, and what happens when that takes too long.

         first byte          whole head
IDLE ─────────────────► HEAD ───────────► WORK ◄──────► BODY, WRITE
  ▲                                        │
  └──────────── answer, keep-alive ────────┤
                                           └─ answer, close ─► CLOSING (or LINGER before it)

phase      whose turn it is        when the time is up
IDLE       the client's            close
HEAD       the client's            408, close
BODY       the client's            408 from where the body is read
DRAIN      the client's            close
WORK       the handler's           503, close
GONE       the handler's           cancel it: the client has closed its side
WRITE      the client's            reset, unless it has taken enough
LINGER     the client's            close
CLOSING    the network's           reset
"""

from enum import Enum, auto

__all__ = ["Phase"]


class Phase(Enum):
    """Whom a connection waits for."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    DRAIN = auto()
    WORK = auto()
    GONE = auto()
    WRITE = auto()
    LINGER = auto()
    CLOSING = auto()
