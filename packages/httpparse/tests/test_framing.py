"""groundup_httpparse.framing: RFC 9112, sections 3.2, 6 and 9; the page against smuggling."""

import pytest

from groundup_httpparse import Headers, ParseError
from groundup_httpparse.framing import Framing, read_framing


def read(*fields: tuple[str, str], version: str = "1.1") -> Framing:
    host = () if version == "1.0" else (("Host", "a"),)
    return read_framing(version, Headers([*host, *fields]))


def test_a_request_without_fields_has_no_body() -> None:
    framing = read()

    assert (framing.has_body, framing.chunked, framing.content_length) == (False, False, None)
    assert (framing.keep_alive, framing.upgrade, framing.expects_continue) == (True, None, False)


@pytest.mark.parametrize(
    ("value", "length"), [("0", 0), ("17", 17), ("007", 7), ("9" * 18, int("9" * 18))]
)
def test_content_length_is_the_length(value: str, length: int) -> None:
    framing = read(("Content-Length", value))

    assert framing.content_length == length
    assert framing.has_body == (length > 0)


@pytest.mark.parametrize("value", ["chunked", "Chunked", "CHUNKED"])
def test_chunked_body_has_no_length(value: str) -> None:
    framing = read(("Transfer-Encoding", value))

    assert (framing.chunked, framing.has_body, framing.content_length) == (True, True, None)


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        pytest.param([("Content-Length", "")], 400, "one number", id="empty"),
        pytest.param([("Content-Length", "+5")], 400, "one number", id="sign"),
        pytest.param([("Content-Length", "-5")], 400, "one number", id="negative"),
        pytest.param([("Content-Length", "5 ,")], 400, "one number", id="comma"),
        pytest.param([("Content-Length", "5, 5")], 400, "one number", id="list"),
        pytest.param([("Content-Length", "0x5")], 400, "one number", id="hexadecimal"),
        pytest.param([("Content-Length", "5_0")], 400, "one number", id="underscore"),
        pytest.param([("Content-Length", "5 0")], 400, "one number", id="space"),
        pytest.param([("Content-Length", "5.0")], 400, "one number", id="dot"),
        pytest.param([("Content-Length", "²")], 400, "one number", id="superscript"),
        pytest.param(
            [("Content-Length", "5"), ("Content-Length", "5")],
            400,
            "one number",
            id="equal-repeats",
        ),
        pytest.param(
            [("Content-Length", "5"), ("content-length", "6")], 400, "one number", id="repeats"
        ),
        pytest.param([("Content-Length", "1" * 19)], 413, "18 digits", id="huge"),
        pytest.param(
            [("Transfer-Encoding", "chunked"), ("Content-Length", "5")],
            400,
            "one length",
            id="both",
        ),
        pytest.param([("Transfer-Encoding", "gzip, chunked")], 501, "alone", id="stack"),
        pytest.param(
            [("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
            *(501, "alone"),
            id="stack-of-lines",
        ),
        pytest.param([("Transfer-Encoding", "gzip")], 400, "the last", id="gzip"),
        pytest.param([("Transfer-Encoding", "chunked, gzip")], 400, "the last", id="not-last"),
        pytest.param([("Transfer-Encoding", "chunked,")], 400, "applied once", id="comma-after"),
        pytest.param([("Transfer-Encoding", "identity")], 400, "the last", id="identity"),
        pytest.param([("Transfer-Encoding", "xchunked")], 400, "the last", id="prefix"),
        pytest.param([("Transfer-Encoding", "chunked;q=1")], 400, "the last", id="parameter"),
        pytest.param([("Transfer-Encoding", '"chunked"')], 400, "the last", id="quoted"),
        pytest.param([("Transfer-Encoding", "\x0bchunked")], 400, "the last", id="control"),
        pytest.param(
            [("Transfer-Encoding", "chunked, gzip, chunked")], 400, "applied once", id="around"
        ),
        pytest.param([("Transfer-Encoding", "chunked, chunked")], 400, "applied once", id="twice"),
        pytest.param(
            [("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")],
            *(400, "applied once"),
            id="two-lines",
        ),
        pytest.param([("Transfer-Encoding", ", chunked")], 400, "applied once", id="empty-item"),
        pytest.param([("Transfer-Encoding", "")], 400, "applied once", id="empty-coding"),
    ],
)
def test_bodies_of_which_two_programs_see_two_ends_are_refused(
    fields: list[tuple[str, str]], status: int, message: str
) -> None:
    headers = Headers.from_trusted([("Host", "a"), *fields])

    with pytest.raises(ParseError, match=message) as caught:
        read_framing("1.1", headers)
    assert caught.value.status == status


@pytest.mark.parametrize("coding", ["chunked", "gzip"])
def test_http_1_0_has_no_chunks(coding: str) -> None:
    with pytest.raises(ParseError, match="send Content-Length") as caught:
        read(("Transfer-Encoding", coding), version="1.0")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param([], id="none"),
        pytest.param([("Host", "a"), ("Host", "a")], id="two"),
        pytest.param([("Host", "a"), ("hOST", "b")], id="two-different"),
        pytest.param([("Host", ""), ("Host", "")], id="two-empty"),
        pytest.param([("Host", "a b")], id="space"),
        pytest.param([("Host", "a/b")], id="slash"),
        pytest.param([("Host", "u@a")], id="user"),
        pytest.param([("Host", "[::g]")], id="no-ipv6"),
        pytest.param([("Host", "[:]")], id="colon"),
    ],
)
def test_http_1_1_needs_exactly_one_good_host(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(ParseError, match=r"Host|IPv6") as caught:
        read_framing("1.1", Headers(fields))
    assert caught.value.status == 400


def test_http_1_0_may_go_without_a_host_but_not_have_two() -> None:
    assert not read_framing("1.0", Headers()).has_body
    with pytest.raises(ParseError, match="Host"):
        read_framing("1.0", Headers([("Host", "a"), ("Host", "b")]))


@pytest.mark.parametrize(
    ("version", "connection", "keep_alive"),
    [
        ("1.1", None, True),
        ("1.1", "close", False),
        ("1.1", "Close", False),
        ("1.1", "keep-alive, close", False),
        ("1.1", "foo ,\tCLOSE", False),
        ("1.1", "closed", True),
        ("1.1", "Upgrade", True),
        ("1.0", None, False),
        ("1.0", "keep-alive", True),
        ("1.0", "Keep-Alive, foo", True),
        ("1.0", "close, keep-alive", False),
    ],
)
def test_who_keeps_the_connection(version: str, connection: str | None, keep_alive: bool) -> None:
    fields = [] if connection is None else [("Connection", connection)]

    assert read(*fields, version=version).keep_alive is keep_alive


def test_connection_options_may_be_spread_over_lines() -> None:
    assert not read(("Connection", "foo"), ("Connection", "close")).keep_alive


def test_upgrade_counts_only_when_connection_names_it() -> None:
    upgrade = ("Upgrade", "websocket")

    assert read(upgrade, ("Connection", "keep-alive, Upgrade")).upgrade == "websocket"
    assert read(upgrade).upgrade is None
    assert read(("Connection", "upgrade")).upgrade is None
    assert read(upgrade, ("Connection", "upgrade"), version="1.0").upgrade is None


@pytest.mark.parametrize(
    ("version", "fields", "expects"),
    [
        ("1.1", [("Expect", "100-continue"), ("Content-Length", "5")], True),
        ("1.1", [("Expect", "100-Continue"), ("Transfer-Encoding", "chunked")], True),
        ("1.1", [("Expect", "100-continue")], False),
        ("1.1", [("Expect", "100-continue"), ("Content-Length", "0")], False),
        ("1.1", [("Expect", "something"), ("Content-Length", "5")], False),
        ("1.0", [("Expect", "100-continue"), ("Content-Length", "5")], False),
    ],
)
def test_who_waits_for_100_continue(
    version: str, fields: list[tuple[str, str]], expects: bool
) -> None:
    assert read(*fields, version=version).expects_continue is expects
