"""groundup_asyncserver.crowds: who belongs together, and that nothing is kept of who has gone."""

import pytest

from groundup_asyncserver.crowds import Crowds, crowd_of
from groundup_messages import Address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", True, id="ipv4"),
        pytest.param("192.0.2.7", "192.0.2.8", False, id="neighbours"),
        pytest.param("2001:db8::1", "2001:db8::ffff:1", True, id="network"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", False, id="networks"),
        pytest.param("fe80::1%eth0", "fe80::2", True, id="scope"),
        pytest.param("a:b", "a:b", True, id="no-address"),
        pytest.param("a:b", "a:c", False, id="no-addresses"),
    ],
)
def test_addresses_of_one_network_are_one_crowd(one: str, other: str, same: bool) -> None:
    crowds = Crowds()

    crowds.add(Address(one, 1))

    assert crowds.size(Address(other, 2)) == same


@pytest.mark.parametrize("nowhere", [None, Address("/run/server.sock")])
def test_who_comes_from_nowhere_is_no_crowd(nowhere: Address | None) -> None:
    crowds = Crowds()

    for _ in range(3):
        crowds.add(nowhere)
    crowds.discard(nowhere)

    assert crowd_of(nowhere) is None
    assert crowds.size(nowhere) == 0


def test_nothing_is_kept_of_who_has_gone() -> None:
    crowds = Crowds()
    clients = [Address(f"192.0.2.{number}", 1) for number in range(100)]

    for client in clients:
        crowds.add(client)
        crowds.add(client)
    for client in clients:
        crowds.discard(client)
        assert crowds.size(client) == 1
        crowds.discard(client)

    assert not crowds._sizes
