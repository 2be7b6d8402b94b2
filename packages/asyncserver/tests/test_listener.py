"""groundup_asyncserver.listener: each refusal of the system is one line with the way out."""

import errno
import os
import socket
from pathlib import Path

import pytest

from groundup_asyncserver import ListenError, ServerConfig
from groundup_asyncserver.listener import UNSENT, close_sockets, open_sockets

POSIX = pytest.mark.skipif(os.name != "posix", reason="sockets of POSIX systems")


def test_port_0_is_one_that_is_free() -> None:
    sockets = open_sockets(ServerConfig(port=0))

    assert sockets[0].getsockname()[1] > 0
    close_sockets(sockets)


def test_all_addresses_of_a_name_get_the_same_port() -> None:
    sockets = open_sockets(ServerConfig(host=None, port=0))

    assert len({listening.getsockname()[1] for listening in sockets}) == 1
    close_sockets(sockets)


def test_a_port_in_use_is_said_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ListenError) as caught:
            open_sockets(ServerConfig(port=port))

    message = f"127.0.0.1:{port} is in use: stop the other program, or choose another port"
    assert str(caught.value) == message
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("192.0.2.1", "is no address of this machine: use 127.0.0.1"),
        ("no such host.invalid", "host must be a name or an address of this machine"),
        ("x" * 300, "host must be a name or an address of this machine"),
    ],
)
def test_a_bad_host_is_said(host: str, message: str) -> None:
    with pytest.raises(ListenError, match=message) as caught:
        open_sockets(ServerConfig(host=host, port=0))

    assert "\n" not in str(caught.value)


def test_a_privileged_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        """As the system is to whoever is not root."""

        def bind(self, address: object, /) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket, "socket", Refusing)

    with pytest.raises(ListenError, match=r"127\.0\.0\.1:80 needs a privilege: choose a port"):
        open_sockets(ServerConfig(port=80))


def test_nothing_stays_open_when_one_address_is_refused() -> None:
    sockets = open_sockets(ServerConfig(host="127.0.0.1", port=0))
    port = sockets[0].getsockname()[1]

    with pytest.raises(ListenError):
        open_sockets(ServerConfig(host=None, port=port))
    close_sockets(sockets)

    close_sockets(open_sockets(ServerConfig(host=None, port=port)))


@POSIX
def test_a_unix_socket_is_opened_and_removed(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sock")

    sockets = open_sockets(ServerConfig(unix=path))
    assert Path(path).is_socket()
    close_sockets(sockets, path)

    assert not Path(path).exists()


@POSIX
def test_a_stale_unix_socket_is_replaced_and_a_living_one_is_not(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sock")
    close_sockets(open_sockets(ServerConfig(unix=path)))  # leaves its file, as a crash does

    sockets = open_sockets(ServerConfig(unix=path))
    with pytest.raises(ListenError, match="cannot listen on"):
        open_sockets(ServerConfig(unix=path))

    close_sockets(sockets, path)


@POSIX
def test_a_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("precious")

    with pytest.raises(ListenError, match="choose another path"):
        open_sockets(ServerConfig(unix=str(path)))

    assert path.read_text() == "precious"


@POSIX
def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ListenError, match="cannot listen on"):
        open_sockets(ServerConfig(unix=str(tmp_path / "missing" / "a.sock")))


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="needs SO_REUSEPORT")
def test_a_port_can_be_shared() -> None:
    first = open_sockets(ServerConfig(port=0, reuse_port=True))
    port = first[0].getsockname()[1]

    second = open_sockets(ServerConfig(port=port, reuse_port=True))

    assert second[0].getsockname()[1] == port
    close_sockets([*first, *second])


def test_sharing_is_refused_where_the_system_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_REUSEPORT", raising=False)

    with pytest.raises(ListenError, match="SO_REUSEPORT"):
        open_sockets(ServerConfig(port=0, reuse_port=True))


def without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    class Limited(socket.socket):
        def bind(self, address: object, /) -> None:
            if self.family == socket.AF_INET6:
                raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
            super().bind(address)  # type: ignore[arg-type]  # whatever the system takes

    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]

    def resolve(*_: object, **__: object) -> object:
        return found

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "socket", Limited)


def test_a_name_is_served_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    without_ipv6(monkeypatch)

    sockets = open_sockets(ServerConfig(host="localhost", port=0))

    assert [listening.family for listening in sockets] == [socket.AF_INET]
    close_sockets(sockets)


def test_a_system_without_unix_sockets_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX", raising=False)

    with pytest.raises(ListenError, match="POSIX"):
        open_sockets(ServerConfig(unix="never.sock"))


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="this system cannot")
def test_the_system_takes_little_that_its_client_has_no_room_for() -> None:
    (listening,) = open_sockets(ServerConfig(port=0))
    with listening, socket.socket() as client:
        client.connect(listening.getsockname())
        connection, _ = listening.accept()
        with connection:
            option = socket.TCP_NOTSENT_LOWAT
            assert connection.getsockopt(socket.IPPROTO_TCP, option) == UNSENT
