"""groundup_websockets.handshake: RFC 6455, section 4, from both sides."""

import base64

import pytest

from groundup_websockets import (
    DeflateParameters,
    HandshakeError,
    Offer,
    accept,
    accept_token,
    check_answer,
    request_headers,
)
from groundup_websockets.handshake import same_origin

KEY = "x3JJHMbDL1EzLkh9GBhXDw=="
REQUEST = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}
ANSWER = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Accept": "HSmrc0sMlYUkAGmm5OPpG2HaGWk=",
}


def test_the_example_of_the_rfc() -> None:
    assert accept_token("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_request_is_accepted() -> None:
    acceptance = accept("GET", REQUEST)

    assert acceptance.headers == list(ANSWER.items())
    assert acceptance.subprotocol is None
    assert acceptance.deflate is None


@pytest.mark.parametrize(
    "fields",
    [
        {"Upgrade": "WebSocket"},
        {"Upgrade": "h2c, websocket"},
        {"Connection": "keep-alive, Upgrade"},
        {"Connection": "UPGRADE"},
    ],
)
def test_lists_and_cases_are_read_as_such(fields: dict[str, str]) -> None:
    assert accept("GET", {**REQUEST, **fields}).headers


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        pytest.param({"Upgrade": "h2c"}, 400, "Upgrade must name", id="other-upgrade"),
        pytest.param({"Upgrade": "websockets"}, 400, "Upgrade must name", id="not-the-token"),
        pytest.param({"Connection": "close"}, 400, "Connection must", id="connection"),
        pytest.param({"Sec-WebSocket-Key": ""}, 400, "16 bytes", id="no-key"),
        pytest.param({"Sec-WebSocket-Key": "c2hvcnQ="}, 400, "16 bytes", id="short-key"),
        pytest.param({"Sec-WebSocket-Key": f"{KEY}, {KEY}"}, 400, "16 bytes", id="two-keys"),
        pytest.param({"Sec-WebSocket-Key": KEY[:-2] + "  "}, 400, "16 bytes", id="padding"),
        pytest.param({"Sec-WebSocket-Key": "é" * 24}, 400, "16 bytes", id="not-base64"),
        pytest.param({"Sec-WebSocket-Version": "8"}, 426, "must be 13, got '8'", id="old"),
        pytest.param({"Sec-WebSocket-Version": "13, 13"}, 426, "must be 13", id="two-versions"),
        pytest.param({"Sec-WebSocket-Extensions": ";"}, 400, "list of extensions", id="extensions"),
        pytest.param({"Sec-WebSocket-Protocol": "a b"}, 400, "tokens", id="subprotocol"),
    ],
)
def test_refusals_say_what_to_answer(fields: dict[str, str], status: int, message: str) -> None:
    with pytest.raises(HandshakeError, match=message) as caught:
        accept("GET", {**REQUEST, **fields})

    assert caught.value.status == status


@pytest.mark.parametrize("name", REQUEST)
def test_every_field_is_needed(name: str) -> None:
    with pytest.raises(HandshakeError) as caught:
        accept("GET", {key: value for key, value in REQUEST.items() if key != name})

    assert caught.value.status == (426 if name in {"Upgrade", "Sec-WebSocket-Version"} else 400)


def test_a_wrong_version_hears_the_right_one() -> None:
    with pytest.raises(HandshakeError) as caught:
        accept("GET", {**REQUEST, "Sec-WebSocket-Version": "7"})

    assert caught.value.headers["Sec-WebSocket-Version"] == "13"
    assert caught.value.headers["Upgrade"] == "websocket"


def test_only_get_opens_a_websocket() -> None:
    with pytest.raises(HandshakeError) as caught:
        accept("POST", REQUEST)

    assert (caught.value.status, caught.value.headers) == (405, {"Allow": "GET"})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.com", "https://example.com", True),
        ("https://EXAMPLE.com", "HTTPS://example.com:443", True),
        ("http://localhost:8000", "http://localhost:8000", True),
        ("http://[::1]:80", "http://[::1]", True),
        ("https://example.com", "http://example.com", False),
        ("https://example.com", "https://example.com:8443", False),
        ("https://example.com.evil.org", "https://example.com", False),
        ("https://evil-example.com", "https://example.com", False),
        ("https://user@example.com", "https://example.com", False),
        ("https://example.com/path", "https://example.com", False),
        ("https://example.com?x", "https://example.com", False),
        ("https://example.com:x", "https://example.com", False),
        ("https://", "https://example.com", False),
        ("null", "null", True),
        ("", "https://example.com", False),
    ],
)
def test_origins_are_compared_by_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same


def test_a_foreign_page_is_refused() -> None:
    with pytest.raises(HandshakeError, match="origin") as caught:
        accept("GET", {**REQUEST, "Origin": "https://evil.org"}, origins=["https://good.org"])

    assert caught.value.status == 403


def test_a_good_page_and_no_page_are_accepted() -> None:
    origins = ["https://other.org", "https://good.org"]

    assert accept("GET", {**REQUEST, "Origin": "https://good.org"}, origins=origins)
    assert accept("GET", REQUEST, origins=origins)
    assert accept("GET", {**REQUEST, "Origin": "https://evil.org"}, origins=None)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [("a, b", "b"), ("a,\tc", "c"), ("x", None), (None, None), ("B", None), ("c,b", "b")],
)
def test_the_servers_best_subprotocol_is_chosen(offered: str | None, chosen: str | None) -> None:
    fields = {"Sec-WebSocket-Protocol": offered} if offered else {}

    acceptance = accept("GET", {**REQUEST, **fields}, subprotocols=["b", "c"])

    assert acceptance.subprotocol == chosen
    assert dict(acceptance.headers).get("Sec-WebSocket-Protocol") == chosen


def test_compression_is_agreed_upon_when_it_is_wanted() -> None:
    request = {**REQUEST, "Sec-WebSocket-Extensions": "permessage-deflate"}

    acceptance = accept("GET", request)

    assert acceptance.deflate == DeflateParameters(server_max_window_bits=12)
    assert ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=12") in (
        acceptance.headers
    )
    plain = accept("GET", request, compression=False)
    assert plain.deflate is None
    assert "Sec-WebSocket-Extensions" not in dict(plain.headers)


# -- the client's side ----------------------------------------------------------------------------


def test_client_and_server_understand_each_other() -> None:
    key = base64.b64encode(bytes(16)).decode()

    acceptance = accept(
        "GET", dict(request_headers("x", key, subprotocols=["a"])), subprotocols="a"
    )
    answer = check_answer(101, dict(acceptance.headers), Offer(key, ["a"]))

    assert answer.subprotocol == acceptance.subprotocol == "a"
    assert answer.deflate == acceptance.deflate
    assert answer.deflate is not None


@pytest.mark.parametrize(
    ("status", "fields", "message"),
    [
        pytest.param(404, {}, "must answer 101, got 404", id="status"),
        pytest.param(101, {"Upgrade": "h2c"}, "Upgrade", id="upgrade"),
        pytest.param(101, {"Connection": "close"}, "Connection", id="connection"),
        pytest.param(101, {"Sec-WebSocket-Accept": "x"}, "fit the key", id="accept"),
        pytest.param(101, {"Sec-WebSocket-Protocol": "b"}, "choose one of", id="subprotocol"),
        pytest.param(101, {"Sec-WebSocket-Extensions": "x"}, "answer the offer", id="extension"),
    ],
)
def test_a_client_checks_the_answer(status: int, fields: dict[str, str], message: str) -> None:
    with pytest.raises(HandshakeError, match=message) as caught:
        check_answer(status, {**ANSWER, **fields}, Offer(KEY, ["a"]))

    if status != 101:
        assert caught.value.status == status


def test_an_extension_that_nobody_offered_is_refused() -> None:
    answer = {**ANSWER, "Sec-WebSocket-Extensions": "permessage-deflate"}

    with pytest.raises(HandshakeError, match="nobody offered"):
        check_answer(101, answer, Offer(KEY, compression=False))
