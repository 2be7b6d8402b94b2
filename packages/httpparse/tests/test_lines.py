"""groundup_httpparse.lines: RFC 9112, section 5, and what may be remembered."""

import threading

import pytest

from groundup_httpparse import ParseError
from groundup_httpparse import lines as module
from groundup_httpparse.lines import FieldLines, parse_field, split_lines


@pytest.mark.parametrize(
    ("line", "field"),
    [
        pytest.param(b"Host: a", ("Host", "a"), id="usual"),
        pytest.param(b"Host:a", ("Host", "a"), id="no-space"),
        pytest.param(b"X: \t a \t b \t", ("X", "a \t b"), id="spaces-around"),
        pytest.param(b"X:", ("X", ""), id="empty"),
        pytest.param(b"X: a:b", ("X", "a:b"), id="colon-inside"),
        pytest.param(b"X: \xe9\xff", ("X", "é\xff"), id="latin-1"),
        pytest.param(b"!#$%&'*+-.^_`|~09azAZ: a", ("!#$%&'*+-.^_`|~09azAZ", "a"), id="token"),
    ],
)
def test_reads_a_field(line: bytes, field: tuple[str, str]) -> None:
    assert parse_field(line) == field
    assert FieldLines()[line.decode("latin-1")] == field


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(b"Host", "a name, a colon and a value", id="no-colon"),
        pytest.param(b"", "a name, a colon and a value", id="nothing"),
        pytest.param(b": a", "field name must be a token", id="no-name"),
        pytest.param(b"Host : a", "colon must follow", id="space-before-colon"),
        pytest.param(b"Host\t: a", "colon must follow", id="tab-before-colon"),
        pytest.param(b" folded: a", "must not be folded", id="fold"),
        pytest.param(b"\tfolded", "must not be folded", id="fold-tab"),
        pytest.param(b"A B: a", "must be a token", id="space-in-name"),
        pytest.param(b"H\xc3\xb6st: a", "must be a token", id="name-not-ascii"),
        pytest.param(b"X\x85: a", "must be a token", id="next-line"),
        pytest.param(b'"X": a', "must be a token", id="quote"),
        pytest.param(b"X: a\x00", "control characters, got one in 'X'", id="nul"),
        pytest.param(b"X: a\x0bb", "control characters", id="vertical-tab"),
        pytest.param(b"X: a\x7f", "control characters", id="delete"),
        pytest.param(b"X\x01: a", "control characters", id="control-in-name"),
        pytest.param(b"X: a\rY: b", "must be CRLF", id="bare-cr"),
        pytest.param(b"X: a\nY: b", "must be CRLF", id="bare-lf"),
    ],
)
def test_refuses_what_is_no_field(line: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse_field(line)
    assert caught.value.status == 400


def test_an_error_never_shows_the_value() -> None:
    with pytest.raises(ParseError) as caught:
        parse_field(b"Authorization: secret\x00")
    assert "secret" not in str(caught.value)


def test_lines_are_split_at_crlf_alone() -> None:
    assert split_lines(b"A: 1\r\nB: \x85 2", 2) == ["A: 1", "B: \x85 2"]
    for block in (b"A: 1\r\nB\n: 2", b"A: 1\r\r\nB: 2", b"A: 1\r\n\nB: 2", b"\rA: 1\r\nB: 2"):
        with pytest.raises(ParseError, match="must be CRLF"):
            split_lines(block, 2)


def test_a_known_name_without_a_colon_is_still_no_field() -> None:
    lines = FieldLines()
    assert lines["Host: a"] == ("Host", "a")

    with pytest.raises(ParseError, match="a colon"):
        lines["Host"]


@pytest.mark.parametrize(
    "name",
    [
        *("Cookie", "Authorization", "Proxy-Authorization", "X-API-Key", "X-CSRF-Token"),
        *("Referer", "X-Forwarded-For", "Forwarded", "If-None-Match", "X-Unknown", "cOOkie"),
    ],
)
def test_what_may_be_a_secret_is_never_remembered(name: str) -> None:
    lines = FieldLines()

    assert lines[f"{name}: abc"] == (name, "abc")
    assert lines[f"{name}: abc"] == (name, "abc")
    assert not lines


def test_the_memo_is_bounded_in_bytes_and_entries() -> None:
    lines = FieldLines()

    assert lines["Host: " + "a" * 250] is lines["Host: " + "a" * 250]
    assert lines["Host: " + "a" * 251] is not lines["Host: " + "a" * 251]
    for number in range(3 * module.MAX_LINES):
        assert lines[f"Host: {number}"] == ("Host", str(number))
        assert len(lines) <= module.MAX_LINES


def test_names_are_bounded_too() -> None:
    lines = FieldLines()
    for number in range(2 * module.MAX_NAMES):
        assert lines[f"X-{number}: a"] == (f"X-{number}", "a")
        assert len(module._names) <= module.MAX_NAMES

    assert lines["Y" * 65 + ": a"][1] == "a"
    assert "Y" * 65 not in module._names


def test_threads_may_share_a_memo() -> None:
    lines, wrong = FieldLines(), list[object]()

    def read() -> None:
        for number in range(5000):
            if lines[f"Host: {number}"] != ("Host", str(number)):
                wrong.append(number)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(lines) <= module.MAX_LINES + 4
