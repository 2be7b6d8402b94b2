"""groundup_httpparse.head: RFC 9112, section 3, and what may be remembered of a head."""

import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_httpparse import Limits, ParseError, RequestHead
from groundup_httpparse import head as module
from groundup_httpparse.head import check_request_line, parse_head

LIMITS = Limits()


def parse(text: str, limits: Limits = LIMITS) -> RequestHead:
    data = text.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n"
    return parse_head(data, len(data) - 4, limits)


def test_reads_line_and_fields() -> None:
    head = parse("POST /a%20b?c=d HTTP/1.1\nHost: example.com\ncontent-length: 5\nX-A:  1 \nX-A: 2")

    assert (head.method, head.target, head.version) == ("POST", "/a%20b?c=d", "1.1")
    assert head.headers.multi_items() == [
        *(("Host", "example.com"), ("content-length", "5"), ("X-A", "1"), ("X-A", "2")),
    ]
    assert (head.has_body, head.content_length, head.chunked) == (True, 5, False)
    assert (head.keep_alive, head.upgrade, head.expects_continue) == (True, None, False)
    assert repr(head) == "<RequestHead POST '/a%20b?c=d' HTTP/1.1>"


def test_http_1_0_may_be_a_line_alone() -> None:
    head = parse("GET / HTTP/1.0")

    assert (head.version, head.keep_alive, len(head.headers)) == ("1.0", False, 0)


@pytest.mark.parametrize("method", ["GET", "get", "M-SEARCH", "!#$%&'*+.^_`|~", "X" * 200])
def test_a_method_is_any_token_and_keeps_its_case(method: str) -> None:
    assert parse(f"{method} / HTTP/1.1\nHost: a").method == method


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        pytest.param("GET  / HTTP/1.1", 400, "METHOD target", id="two-spaces"),
        pytest.param("GET /  HTTP/1.1", 400, "METHOD target", id="two-spaces-later"),
        pytest.param("GET\t/ HTTP/1.1", 400, "METHOD target", id="tab"),
        pytest.param("GET / HTTP/1.1 ", 400, "METHOD target", id="space-after"),
        pytest.param(" GET / HTTP/1.1", 400, "begin with a method", id="space-before"),
        pytest.param("GET /", 400, "METHOD target", id="http-0.9"),
        pytest.param("GET", 400, "METHOD target", id="method-alone"),
        pytest.param("GET HTTP/1.1", 400, "METHOD target", id="no-target"),
        pytest.param("GET /a b HTTP/1.1", 400, "METHOD target", id="space-in-target"),
        pytest.param("GET /\x00 HTTP/1.1", 400, "METHOD target", id="nul"),
        pytest.param("GET /\x7f HTTP/1.1", 400, "METHOD target", id="delete"),
        pytest.param("GET /a#b HTTP/1.1", 400, "METHOD target", id="fragment"),
        pytest.param("GET /caf\xc3\xa9 HTTP/1.1", 400, "percent-encoded ASCII", id="utf-8"),
        pytest.param("G(T / HTTP/1.1", 400, "METHOD target", id="method-no-token"),
        pytest.param("G\xc9T / HTTP/1.1", 400, "ASCII", id="method-no-ascii"),
        pytest.param('"GET" / HTTP/1.1', 400, "begin with a method", id="quote"),
        pytest.param("GET / http/1.1", 400, "METHOD target", id="lower-case-version"),
        pytest.param("GET / HTTP/11", 400, "METHOD target", id="version-without-dot"),
        pytest.param("GET / HTTP/1.1.1", 400, "METHOD target", id="version-too-long"),
        pytest.param("GET / HTTP/01.1", 400, "METHOD target", id="version-zero"),
        pytest.param("GET / HTTPS/1.1", 400, "METHOD target", id="version-name"),
        pytest.param("GET / HTTP/1.2", 505, "HTTP/1.1 or HTTP/1.0, got HTTP/1.2", id="1.2"),
        pytest.param("GET / HTTP/0.9", 505, "got HTTP/0.9", id="0.9"),
        pytest.param("GET / HTTP/3.0", 505, "got HTTP/3.0", id="3.0"),
        pytest.param("PRI * HTTP/2.0", 505, "got HTTP/2.0", id="http-2-preface"),
        pytest.param("GET * HTTP/1.1", 400, 'begin with "/"', id="asterisk"),
        pytest.param("CONNECT / HTTP/1.1", 400, "host:port", id="connect"),
        pytest.param("GET http://u@a/ HTTP/1.1", 400, "host of the target", id="user"),
    ],
)
def test_refuses_what_is_no_request_line(line: str, status: int, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse(f"{line}\nHost: a")
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        ("GET", "http://example.com/a?b"),
        ("OPTIONS", "*"),
        ("CONNECT", "example.com:443"),
    ],
)
def test_a_target_is_kept_as_it_was_sent(method: str, target: str) -> None:
    assert parse(f"{method} {target} HTTP/1.1\nHost: a").target == target


FEW = Limits(request_line=20, field_line=10, fields=2, head=60)


def test_number_of_fields_has_a_limit_also_for_a_block_that_is_known() -> None:
    text = "GET / HTTP/1.1\nHost: a\nDNT: 1\nTE: b"
    assert len(parse(text).headers) == 3

    assert len(parse("GET / HTTP/1.1\nHost: a\nDNT: 1", FEW).headers) == 2
    for limits in (FEW, FEW, Limits(fields=2)):
        with pytest.raises(ParseError, match="at most 2, got 3") as caught:
            parse(text, limits)
        assert caught.value.status == 431


def test_a_cookie_counts_as_a_field() -> None:
    text = "GET / HTTP/1.1\nHost: a\nCookie: b"
    assert len(parse(text, Limits(fields=2)).headers) == 2

    for limits in (Limits(fields=1), Limits(fields=1, field_line=10)):
        with pytest.raises(ParseError, match="at most 1, got 2"):
            parse(text, limits)
    with pytest.raises(ParseError, match="longer than 8 bytes"):
        parse(text, Limits(field_line=8))


@pytest.mark.parametrize(
    "fields",
    [
        ["Host: a", "Cookie: b=1", "Accept: c"],
        ["Cookie: b=1", "Host: a"],
        ["Host: a", "Accept: c", "Cookie:b=1 "],
        ["Host: a", "Cookie: b=1", "X: 1", "Cookie: c=2", "cookie: d=3"],
        ["Host: a", "cookie: d=3", "Cookie: b=1"],
    ],
    ids=range(5),
)
def test_cookies_keep_their_place(fields: list[str]) -> None:
    for _ in range(2):
        headers = parse("\n".join(["GET / HTTP/1.1", *fields])).headers

        assert headers.multi_items() == [
            (name, value.strip()) for name, _, value in (field.partition(":") for field in fields)
        ]
        cookies = [value for name, value in headers.multi_items() if name.lower() == "cookie"]
        assert headers["Cookie"] == "; ".join(cookies)


@pytest.mark.parametrize(
    "fields",
    [
        "Host: a\nCookie: b\x00",
        "Host: a\nCookie: b\r",
        "Host: a\r\nCookie: b",
        "Host: a\nCookie: b\n folded",
        "\rCookie: b\nHost: a",
        "Host: a\nCookie",
        "Cookie: b",
        "Host: a\nCookie: b\nHost: a",
    ],
    ids=range(8),
)
def test_a_cookie_hides_no_fault(fields: str) -> None:
    parse("GET / HTTP/1.1\nHost: a")

    with pytest.raises(ParseError):
        parse(f"GET / HTTP/1.1\n{fields}")


def test_length_of_a_field_has_a_limit_also_for_a_block_that_is_known() -> None:
    assert parse("GET / HTTP/1.1\nHost: 7890", FEW).headers["host"] == "7890"

    text = "GET / HTTP/1.1\nHost: 78901"
    assert parse(text).headers["host"] == "78901"
    for _ in range(2):
        with pytest.raises(ParseError, match="longer than 10 bytes") as caught:
            parse(text, FEW)
        assert caught.value.status == 431


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """An empty memo of blocks."""
    memo: dict[str, object] = {}
    monkeypatch.setattr(module, "_blocks", memo)
    monkeypatch.setattr(module, "_seen", set[int]())
    return memo


def test_a_repeated_block_is_parsed_twice_and_shared_with_nobody(
    blocks: dict[str, object],
) -> None:
    first = parse("GET /1 HTTP/1.1\nHost: a\nAccept: b")
    assert not blocks
    second = parse("GET /1 HTTP/1.1\nHost: a\nAccept: b")
    for head in (first, second):
        head.headers["Accept"] = "changed"
        head.headers.add("X-Added", "1")
    third = parse("PUT /2 HTTP/1.1\nHost: a\nAccept: b")

    assert len(blocks) == 1
    assert third.headers.multi_items() == [("Host", "a"), ("Accept", "b")]
    assert first.headers["accept"] == "changed"


def test_the_same_block_in_another_version_is_another_block(blocks: dict[str, object]) -> None:
    assert parse("GET / HTTP/1.1\nHost: a").keep_alive
    assert not parse("GET / HTTP/1.0\nHost: a").keep_alive
    assert not parse("GET / HTTP/1.0").keep_alive

    with pytest.raises(ParseError, match="must have a Host"):
        parse("GET / HTTP/1.1")


@pytest.mark.parametrize(
    "field",
    [
        "Cookie: s=top-secret",
        "Authorization: Basic top-secret",
        "Proxy-Authorization: top-secret",
        "X-Token: top-secret",
        "cookie: top-secret",
        "X-API-Key: top-secret",
        "X-CSRF-Token: top-secret",
        "Referer: /?top-secret",
        "X-Forwarded-For: top-secret",
        "If-None-Match: top-secret",
    ],
)
def test_a_block_with_a_secret_is_never_remembered(field: str, blocks: dict[str, object]) -> None:
    name, _, value = field.partition(": ")
    for _ in range(3):
        head = parse(f"GET / HTTP/1.1\nHost: a\n{field}\nAccept: b")
        assert head.headers.multi_items() == [("Host", "a"), (name, value), ("Accept", "b")]
        assert head.headers[name.upper()] == value

    kept = repr(blocks)
    assert name not in kept
    assert f"'{value}'" not in kept


VARYING = [
    *("Authorization", "Cookie", "Forwarded", "If-Modified-Since", "If-None-Match", "If-Range"),
    *("Range", "Referer", "traceparent", "tracestate", "X-Correlation-ID", "X-CSRF-Token"),
    *("X-Forwarded-For", "X-Real-IP", "X-Request-ID"),
]


@pytest.mark.parametrize("name", VARYING)
def test_a_field_that_varies_does_not_miss_the_memo(name: str, blocks: dict[str, object]) -> None:
    for spelled in (name, name.lower(), name.upper(), name.title()):
        blocks.clear()
        for number in range(3):
            value = f"value-{number}"
            head = parse(f"GET / HTTP/1.1\nHost: a\n{spelled}: {value}\nAccept: b")

            assert head.headers.multi_items() == [
                *(("Host", "a"), (spelled, value), ("Accept", "b")),
            ]
            assert head.headers[name] == value
        assert list(blocks) == ["1\r\nHost: a\r\nAccept: b"]


def test_fields_that_vary_keep_their_places(blocks: dict[str, object]) -> None:
    lines = [
        *("Range: 1", "referer: 2", "Host: a", "Cookie: 3", "Cookie: 4", "Accept: b"),
        *("X-Request-Id: 5", "RANGE: 6"),
    ]

    for _ in range(2):
        headers = parse("\n".join(["GET / HTTP/1.1", *lines])).headers

        assert [": ".join(pair) for pair in headers.multi_items()] == lines
        assert (headers["range"], headers["cookie"]) == ("1, 6", "3; 4")
    assert list(blocks) == ["1\r\nHost: a\r\nAccept: b"]


def outcome(text: str, limits: Limits) -> object:
    """Return all that can be seen of a head, or its refusal."""
    try:
        head = parse(text, limits)
    except ParseError as error:
        return str(error), error.status
    framing = (head.version, head.keep_alive, head.has_body, head.upgrade, head.content_length)
    return head.headers.multi_items(), dict(head.headers.lowered()), framing


FIELD = st.builds(
    "{}{}{}".format,
    st.sampled_from([*VARYING, *(name.lower() for name in VARYING), "Accept", "Host", "X-Other"]),
    st.sampled_from([": ", ":", ":\t", " : ", ""]),
    st.one_of(
        st.text(st.characters(max_codepoint=0xFF), max_size=12),
        st.sampled_from(["a", "a ", " a", "", "a\r", "a\n b", "a\r\nb", "a\0", "\xff", "a" * 50]),
    ),
)


@given(
    st.lists(st.one_of(FIELD, st.just("Host: a")), max_size=7),
    st.sampled_from([LIMITS, Limits(fields=3), Limits(field_line=40), Limits(fields=2)]),
    st.sampled_from(["1.1", "1.0"]),
)
def test_no_value_is_read_otherwise_around_the_memo(
    fields: list[str], limits: Limits, version: str
) -> None:
    text = "\n".join([f"GET / HTTP/{version}", *fields])
    with pytest.MonkeyPatch.context() as patch:
        for name, empty in (("_blocks", dict[str, object]()), ("_seen", set[int]())):
            patch.setattr(module, name, empty)
        first, second, remembered = [outcome(text, limits) for _ in range(3)]

        patch.setattr(module, "_blocks", {})
        patch.setattr(module, "VARYING", re.compile("(?!)"))  # finds nothing
        plainly = outcome(text, limits)

    assert first == second == remembered == plainly


def test_the_memo_is_bounded_in_bytes_and_entries(blocks: dict[str, object]) -> None:
    for _ in range(3):
        parse("GET / HTTP/1.1\nHost: a\n" + "\n".join(["Accept: " + "b" * 200] * 10))
    assert not blocks

    for number in range(3 * module.MAX_BLOCKS):
        for _ in range(2):
            parse(f"GET / HTTP/1.1\nHost: {number}")
        assert 0 < len(blocks) <= module.MAX_BLOCKS


def test_what_comes_once_is_not_remembered_and_drives_nobody_out(
    blocks: dict[str, object],
) -> None:
    for _ in range(2):
        parse("GET / HTTP/1.1\nHost: regular")

    for number in range(3 * module.MAX_SEEN):
        parse(f"GET / HTTP/1.1\nHost: {number}")
        assert len(module._seen) <= module.MAX_SEEN

    assert list(blocks) == ["1\r\nHost: regular"]


def test_threads_may_share_the_memo(blocks: dict[str, object]) -> None:
    wrong = list[object]()

    def read() -> None:
        for number in range(2000):
            head = parse(f"GET / HTTP/1.1\nHost: {number % 500}")
            if head.headers.multi_items() != [("Host", str(number % 500))]:
                wrong.append(number)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(blocks) <= module.MAX_BLOCKS + 4


def test_a_request_line_is_checked_before_its_head_is_there() -> None:
    assert not check_request_line(b"GET / HT", LIMITS)
    assert check_request_line(b"GET / HTTP/1.1\r\nHos", LIMITS)
    with pytest.raises(ParseError, match="must be CRLF"):
        check_request_line(b"GET / HTTP/1.1\nHos", LIMITS)
    with pytest.raises(ParseError, match="begin with a method"):
        check_request_line(b"\x16\x03\x01", LIMITS)
