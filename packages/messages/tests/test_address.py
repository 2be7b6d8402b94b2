"""groundup_messages.address: hosts and ports."""

from groundup_messages import Address


def test_is_the_pair_that_sockets_give() -> None:
    host, port = Address("127.0.0.1", 80)

    assert (host, port) == ("127.0.0.1", 80)
    assert Address("/run/app.sock").port is None


def test_is_written_as_in_a_url() -> None:
    assert str(Address("::1", 80)) == "[::1]:80"
    assert str(Address("example.com")) == "example.com"
