"""Open the socket that clients knock at: socket(), bind(), listen(); and explain what fails.

    socket()   an end of a connection that does not exist yet
    bind()     gives it an address; one program at a time may have it
    listen()   lets the kernel accept clients into a queue, the backlog, before anyone serves them

The host "" or "::" means every address of this machine, of IPv6 and IPv4 in one socket where the
system can.  A name with several addresses is bound to one of them, IPv4 first: every client tries
that one.
"""

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path

from groundup_tcpserver.errors import ListenError

__all__ = ["Address", "open_listener", "plain_address"]

Address = tuple[str, int]
"""Host and port; path and 0 for a Unix socket."""

MAX_PORT = 65535
FIRST_FREE_PORT = 1024  # below it, Unix asks for privileges
WINDOWS_FORBIDDEN = 10013


def open_listener(host: str, port: int, *, unix: str | None, backlog: int) -> socket.socket:
    """Return a listening, non-blocking socket.

    Raises:
        ListenError: One line that names the address, the reason, and the way out.
    """
    where = unix or f"[{host}]:{port}" if ":" in host else unix or f"{host or '*'}:{port}"
    if unix is None and not 0 <= port <= MAX_PORT:
        raise ListenError(f"cannot listen on {where}: the port must be from 0 to {MAX_PORT}")
    try:
        if unix is not None:
            return _open_unix(unix, backlog)
        return _open_tcp(host, port, backlog)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"cannot listen on {where}: {_explain(error, port, unix)}") from error


def plain_address(name: object) -> Address:
    """Return what a socket calls its end as host and port; IPv4 looks like IPv4 also over IPv6."""
    if isinstance(name, tuple):
        host, port = str(name[0]), int(name[1])  # pyright: ignore[reportUnknownArgumentType]  # of the operating system
        return host.removeprefix("::ffff:") if "." in host else host, port
    return os.fsdecode(name) if isinstance(name, bytes) else str(name or ""), 0


def _open_tcp(host: str, port: int, backlog: int) -> socket.socket:
    if host in {"", "::"} and socket.has_dualstack_ipv6():
        return _listen(socket.AF_INET6, ("::", port), backlog, dual=True)
    found = socket.getaddrinfo(
        host or "0.0.0.0",  # noqa: S104 - the caller asked for every address
        port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_PASSIVE,
    )
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    family, _, _, _, address = found[0]
    return _listen(family, address, backlog)


def _open_unix(path: str, backlog: int) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError(errno.EAFNOSUPPORT, "this system has no Unix sockets: use a port")
    _remove_stale(path)
    return _listen(socket.AF_UNIX, path, backlog)


def _listen(family: int, address: object, backlog: int, *, dual: bool = False) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family != getattr(socket, "AF_UNIX", None):
            _set_reuse(listener)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual)
        listener.bind(address)  # type: ignore[arg-type]  # what its family calls an address
        listener.listen(backlog)
        listener.settimeout(0)
    except BaseException:
        listener.close()
        raise
    return listener


def _set_reuse(listener: socket.socket) -> None:
    """Let a restart have the port of connections that have just ended, but no other program."""
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    elif (exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None)) is not None:
        listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)


def _remove_stale(path: str) -> None:
    """Remove a socket file that a dead server left behind; nothing else."""
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(Path(path).stat().st_mode):
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(path)
                except ConnectionRefusedError:
                    Path(path).unlink()


def _explain(error: Exception, port: int, unix: str | None) -> str:
    """Say in words what the system says in numbers, and what to do."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host is unknown: use an address, localhost, or 0.0.0.0 for all"
    code = getattr(error, "winerror", None) or getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        other = "choose another path" if unix else "choose another port, 0 finds a free one"
        return f"the address is in use: stop the other program, or {other}"
    if code in {errno.EACCES, errno.EPERM, WINDOWS_FORBIDDEN}:
        if unix is None and port < FIRST_FREE_PORT:
            return f"ports below {FIRST_FREE_PORT} need privileges: choose a higher one, say 8000"
        return "permission denied: choose another address"
    if code == errno.EADDRNOTAVAIL:
        return "the address is none of this machine's: use 127.0.0.1, or 0.0.0.0 for all"
    if code in {errno.ENOENT, errno.ENOTDIR}:
        return "the folder does not exist: create it first"
    return f"{getattr(error, 'strerror', None) or error}"
