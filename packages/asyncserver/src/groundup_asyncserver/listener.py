"""Open the sockets that a server listens on; the one module that asks the system for them.

Each refusal of the system becomes one line for a person: what was asked for, why not, and the way
out.  A name such as ``localhost`` may stand for two addresses, 127.0.0.1 and ::1; both are served.
"""

import errno
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import cast

from groundup_asyncserver.config import ServerConfig
from groundup_asyncserver.errors import ListenError
from groundup_messages import Address

__all__ = ["close_sockets", "open_sockets"]

# Bytes that the system takes of an answer before its client has room for them.  It would take as
# much as 4 MiB: two thousand clients that read nothing fill the memory that all connections of the
# machine share, and we would take their answers for sent, and no time-out would see them.
UNSENT = 128 * 1024

# A name may stand for addresses that this machine has not: ::1 where there is no IPv6.
NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
WAYS_OUT = {
    errno.EADDRINUSE: "is in use: stop the other program, or choose another port",
    errno.EACCES: "needs a privilege: choose a port from 1024 on",
    errno.EADDRNOTAVAIL: "is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all",
}


def open_sockets(config: ServerConfig) -> list[socket.socket]:
    """Return the sockets for a configuration, bound but not listening yet.

    Raises:
        ListenError: The system refuses; the message is one line and names the way out.
    """
    if config.unix is not None:
        return [_open_unix(config.unix, config.backlog)]
    if config.reuse_port and not hasattr(socket, "SO_REUSEPORT"):
        raise ListenError("reuse_port needs a system with SO_REUSEPORT: leave it out here")
    sockets: list[socket.socket] = []
    missing: list[ListenError] = []
    try:
        for family, address in _resolve(config.host, config.port):
            # With port 0, all addresses of a name get the port that the first one was given.
            port = sockets[0].getsockname()[1] if sockets else config.port
            try:
                sockets.append(_open_tcp(family, (address[0], port, *address[2:]), config))
            except ListenError as error:
                if error.errno not in NOT_HERE:
                    raise
                missing.append(error)
    except BaseException:
        close_sockets(sockets)
        raise
    if not sockets:
        raise missing[0]
    return sockets


def close_sockets(sockets: list[socket.socket], unix: str | None = None) -> None:
    """Close sockets, and remove the file of a Unix socket."""
    for listening in sockets:
        listening.close()
    if unix is not None:
        with suppress(OSError):
            Path(unix).unlink()


def _resolve(host: str | None, port: int) -> list[tuple[int, tuple[str | int, ...]]]:
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise ListenError(
            f"host must be a name or an address of this machine, got {host!r}: {error}"
        ) from None
    # The same pair may come more than once; IPv4 comes first, as people read the first line.
    addresses: dict[tuple[int, tuple[str | int, ...]], None] = {}
    for family, _, _, _, address in found:
        addresses[int(family), cast("tuple[str | int, ...]", address)] = None
    return sorted(addresses, key=lambda pair: pair[0] != socket.AF_INET)


def _open_tcp(family: int, address: tuple[str | int, ...], config: ServerConfig) -> socket.socket:
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _explain(error, address) from None
    try:
        if os.name == "posix":  # on Windows this option lets two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if config.reuse_port:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        with suppress(AttributeError, OSError):  # not on every system; connections inherit it
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        listening.setblocking(False)  # noqa: FBT003 - its only form
        listening.bind(address)
        listening.listen(config.backlog)
    except OSError as error:
        listening.close()
        raise _explain(error, address) from None
    return listening


def _open_unix(path: str, backlog: int) -> socket.socket:
    family = _unix_family()
    if family is None:
        raise ListenError("unix sockets need a POSIX system: use host and port here")
    _remove_stale(path)
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)  # noqa: FBT003 - its only form
        listening.bind(path)
        listening.listen(backlog)
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise ListenError(
            f"cannot listen on {path[:200]!r}: {reason}: choose another path"
        ) from None
    return listening


def _remove_stale(path: str) -> None:
    """Remove the file that a server left behind, if it is a socket that nobody serves any more."""
    try:
        if not stat.S_ISSOCK(Path(path).stat().st_mode):
            return
    except (OSError, ValueError):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink(missing_ok=True)
        except OSError:
            return


def _unix_family() -> int | None:
    return getattr(socket, "AF_UNIX", None)


def _explain(error: OSError, address: tuple[str | int, ...]) -> ListenError:
    where = Address(str(address[0]), int(address[1]))
    reason = WAYS_OUT.get(error.errno or 0)
    if reason is None:
        reason = f"cannot be listened on: {error.strerror or error}: choose another"
    listen_error = ListenError(f"{where} {reason}")
    listen_error.errno = error.errno
    return listen_error
