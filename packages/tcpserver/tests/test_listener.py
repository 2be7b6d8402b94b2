"""groundup_tcpserver.listener: addresses, and one clear line for each that cannot be had."""

import errno
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from groundup_tcpserver import ListenError
from groundup_tcpserver.listener import open_listener, plain_address

unix_only = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")


def listen(host: str = "127.0.0.1", port: int = 0, unix: str | None = None) -> socket.socket:
    return open_listener(host, port, unix=unix, backlog=5)


def refusal(host: str = "127.0.0.1", port: int = 0, unix: str | None = None) -> str:
    with pytest.raises(ListenError) as caught:
        listen(host, port, unix)
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: the path of a Unix socket has at most about 100 bytes."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_port_0_finds_a_free_port() -> None:
    with closing(listen()) as listener:
        host, port = plain_address(listener.getsockname())
        socket.create_connection((host, port)).close()

    assert host == "127.0.0.1"
    assert port > 0


def test_localhost_is_reached_by_its_name() -> None:
    with closing(listen("localhost")) as listener:
        socket.create_connection(("localhost", listener.getsockname()[1])).close()


@pytest.mark.parametrize("host", ["", "::"])
def test_all_addresses_are_those_of_both_families(host: str) -> None:
    with closing(listen(host)) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        if socket.has_dualstack_ipv6():
            try:
                socket.create_connection(("::1", port)).close()
            except OSError as error:
                assert error.errno in {errno.EADDRNOTAVAIL, errno.ENETUNREACH}  # noqa: PT017


def test_all_addresses_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)

    with closing(listen("")) as listener:
        assert listener.family == socket.AF_INET


def test_ipv6_alone() -> None:
    try:
        listener = listen("::1")
    except ListenError:
        pytest.skip("no IPv6 here")
    with closing(listener):
        assert plain_address(listener.getsockname())[0] == "::1"


def test_a_port_in_use_names_the_address_and_the_way_out() -> None:
    with closing(listen()) as other:
        port = other.getsockname()[1]
        line = refusal(port=port)

    assert line.startswith(f"cannot listen on 127.0.0.1:{port}: the address is in use")
    assert "choose another port, 0 finds a free one" in line


def test_the_port_of_connections_that_have_just_ended_is_free() -> None:
    with closing(listen()) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            first.settimeout(5)
            first.accept()[0].close()
            assert client.recv(1) == b""

    listen(port=port).close()


@pytest.mark.skipif(
    os.name != "posix" or sys.platform == "darwin" or os.geteuid() == 0,
    reason="every port is free for this user",
)
def test_a_privileged_port_says_so() -> None:
    assert "ports below 1024 need privileges: choose a higher one" in refusal(port=80)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_privileges_are_explained(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(socket.socket, "bind", refuse)

    assert refusal(port=80).endswith("need privileges: choose a higher one, say 8000")
    assert refusal(port=8000).endswith("permission denied: choose another address")


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("192.0.2.1", 0, "192.0.2.1:0: the address is none of this machine's: use 127.0.0.1"),
        ("no such host", 0, "the host is unknown"),
        ("a" * 300, 0, "the host is unknown"),
        ("x..y", 0, "the host is unknown"),
        ("127.0.0.1", 65536, "from 0 to 65535"),
        ("127.0.0.1", -1, "from 0 to 65535"),
        ("::", 65536, "[::]:65536: the port must be"),
        ("", -1, "*:-1: the port must be"),
    ],
    ids=["strange", "space", "long", "dots", "high", "negative", "ipv6", "all"],
)
def test_what_cannot_be_listened_on(host: str, port: int, message: str) -> None:
    assert message in refusal(host, port)


@unix_only
def test_a_unix_socket_is_a_path(folder: Path) -> None:
    path = str(folder / "socket")
    with closing(listen(unix=path)) as listener, socket.socket(socket.AF_UNIX) as client:
        client.connect(path)

        assert plain_address(listener.getsockname()) == (path, 0)
        assert plain_address(client.getsockname()) == ("", 0)


@unix_only
def test_a_socket_that_a_dead_server_left_is_replaced(folder: Path) -> None:
    path = str(folder / "socket")
    listen(unix=path).close()
    assert Path(path).exists()

    with closing(listen(unix=path)), socket.socket(socket.AF_UNIX) as client:
        client.connect(path)


@unix_only
def test_what_is_no_dead_socket_is_left_alone(folder: Path) -> None:
    path = folder / "file"
    path.write_text("kept")
    assert "in use: stop the other program, or choose another path" in refusal(unix=str(path))
    assert path.read_text() == "kept"

    alive = str(folder / "socket")
    with closing(listen(unix=alive)):
        assert "in use" in refusal(unix=alive)


@unix_only
def test_paths_that_cannot_be(folder: Path) -> None:
    assert "the folder does not exist: create it first" in refusal(unix=str(folder / "a" / "b"))
    assert "path" in refusal(unix=str(folder / ("x" * 300)))


def test_unix_sockets_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX", raising=False)

    assert "this system has no Unix sockets: use a port" in refusal(unix="/tmp/x")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (("127.0.0.1", 80), ("127.0.0.1", 80)),
        (("::1", 80, 0, 0), ("::1", 80)),
        (("::ffff:192.0.2.1", 80, 0, 0), ("192.0.2.1", 80)),
        ("/run/x", ("/run/x", 0)),
        (b"\0abstract", ("\0abstract", 0)),
        ("", ("", 0)),
        (None, ("", 0)),
    ],
    ids=range(7),
)
def test_addresses_look_alike(name: object, plain: tuple[str, int]) -> None:
    assert plain_address(name) == plain
