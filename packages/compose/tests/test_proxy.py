"""groundup_compose.proxy: whom we believe, and who the client is."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from groundup_compose import proxy_headers
from groundup_middleware import Colour, Pipeline, colour_of
from groundup_response import Response


class Address(NamedTuple):
    host: str
    port: int | None = None


async def see(layer: Any, request: Any, peer: str | None = "10.0.0.2", **fields: str) -> Response:
    """Send a request from a peer, and answer with the client and the scheme that layers see."""
    request.client = None if peer is None else Address(peer, 40_000)
    request.scheme = "http"
    request.headers.update({name.replace("_", "-"): value for name, value in fields.items()})

    async def handler(request: Any) -> Response:
        client = request.client
        seen = "nobody" if client is None else f"{type(client).__name__} {client.host}"
        return Response(200, f"{seen} {request.scheme} {getattr(request, 'host', '')}".rstrip())

    return await Pipeline([layer]).handle(request, handler)


@pytest.mark.parametrize(
    ("peer", "field", "client"),
    [
        pytest.param("10.0.0.2", "203.0.113.9", "203.0.113.9", id="one-proxy"),
        pytest.param("10.0.0.2", "203.0.113.9, 10.1.1.1", "203.0.113.9", id="two-proxies"),
        pytest.param("10.0.0.2", "6.6.6.6, 203.0.113.9", "203.0.113.9", id="claimed-by-client"),
        pytest.param("10.0.0.2", "10.6.6.6, 203.0.113.9", "203.0.113.9", id="claims-to-be-ours"),
        pytest.param("10.0.0.2", "garbage, 203.0.113.9", "203.0.113.9", id="garbage-from-client"),
        pytest.param("10.0.0.2", "10.3.3.3, 10.1.1.1", "10.3.3.3", id="a-client-of-our-network"),
        pytest.param("10.0.0.2", "", "10.0.0.2", id="the-proxy-itself"),
        pytest.param("::ffff:10.0.0.2", "203.0.113.9", "203.0.113.9", id="mapped-peer"),
        pytest.param("fd00::1", "2001:db8::7", "2001:db8::7", id="ipv6"),
        pytest.param("198.51.100.1", "127.0.0.1", "198.51.100.1", id="stranger"),
        pytest.param("2001:db8::1", "127.0.0.1", "2001:db8::1", id="stranger-ipv6"),
    ],
)
async def test_the_client_is_the_first_from_the_right_that_is_none_of_ours(
    peer: str, field: str, client: str, make_request: Callable[..., Any]
) -> None:
    layer = proxy_headers(["10.0.0.0/8", "fd00::1"])

    response = await see(layer, make_request(), peer, X_Forwarded_For=field)

    assert response.text == f"Address {client} http"


async def test_a_client_that_the_proxy_does_not_know_is_nobody(
    make_request: Callable[..., Any],
) -> None:
    layer = proxy_headers("10.0.0.2")

    response = await see(layer, make_request(), X_Forwarded_For="127.0.0.1, unknown")

    assert response.text == "nobody http"


async def test_the_scheme_is_that_of_the_client_s_own_connection(
    make_request: Callable[..., Any],
) -> None:
    layer = proxy_headers("10.0.0.0/8")
    fields = {"X_Forwarded_For": "6.6.6.6, 203.0.113.9, 10.1.1.1"}

    response = await see(layer, make_request(), **fields, X_Forwarded_Proto="http, HTTPS, http")

    assert response.text == "Address 203.0.113.9 https"


async def test_the_host_counts_only_if_the_proxy_always_sets_it(
    make_request: Callable[..., Any],
) -> None:
    fields = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "example.com:8443"}

    plain = await see(proxy_headers("10.0.0.2"), make_request(), **fields)
    told = await see(proxy_headers("10.0.0.2", host=True), make_request(), **fields)

    assert plain.text == "Address 203.0.113.9 http"
    assert told.text == "Address 203.0.113.9 http example.com:8443"


async def test_one_set_of_fields_is_read_and_the_other_ignored(
    make_request: Callable[..., Any],
) -> None:
    fields = {"X_Forwarded_For": "203.0.113.9", "Forwarded": "for=198.51.100.7;proto=https"}

    old = await see(proxy_headers("10.0.0.2"), make_request(), **fields)
    new = await see(proxy_headers("10.0.0.2", forwarded=True), make_request(), **fields)

    assert old.text == "Address 203.0.113.9 http"
    assert new.text == "Address 198.51.100.7 https"


async def test_an_element_may_tell_the_scheme_alone(make_request: Callable[..., Any]) -> None:
    layer = proxy_headers("10.0.0.2", forwarded=True)

    assert (
        await see(layer, make_request(), Forwarded="proto=https")
    ).text == "Address 10.0.0.2 https"


@pytest.mark.parametrize(
    ("peers", "text"), [("unix", "Node 203.0.113.9 http"), ("10.0.0.2", "nobody http")]
)
async def test_a_unix_socket_is_believed_if_it_is_listed(
    peers: str, text: str, make_request: Callable[..., Any]
) -> None:
    layer = proxy_headers(peers)

    assert (await see(layer, make_request(), None, X_Forwarded_For="203.0.113.9")).text == text


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"Forwarded": 'for="x, for=203.0.113.9'}, id="grammar"),
        pytest.param({"Forwarded": "for=203.0.113.9;proto=javascript"}, id="scheme"),
        pytest.param({"Forwarded": 'for=203.0.113.9;host="a/b"'}, id="host"),
        pytest.param({"Forwarded": ",".join(["for=10.0.0.2"] * 33)}, id="too-many"),
    ],
)
async def test_what_a_listed_peer_should_not_send_is_answered_with_400(
    fields: dict[str, str], make_request: Callable[..., Any]
) -> None:
    layer = proxy_headers(["10.0.0.2"], forwarded=True, host=True)

    assert (await see(layer, make_request(), **fields)).status == 400
    assert (await see(layer, make_request(), "198.51.100.1", **fields)).status == 200


def test_it_needs_no_thread() -> None:
    assert colour_of(proxy_headers("unix")) is Colour.INLINE


@pytest.mark.parametrize("peers", ["*", ["localhost"], ["10.0.0.0/8", "proxy"]])
def test_peers_are_addresses(peers: Any) -> None:
    with pytest.raises(ValueError, match="a peer must be an address"):
        proxy_headers(peers)
