"""groundup_auth.identifiers: one form for each name, and no twins."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_auth import AuthError, InvalidEmail, InvalidUsername, parse_email, parse_username
from groundup_auth.identifiers import parse_identifier


@pytest.mark.parametrize(
    ("text", "shown", "key"),
    [
        ("alice@example.com", "alice@example.com", "alice@example.com"),
        (" Alice@Example.COM\n", "Alice@example.com", "alice@example.com"),
        ("a.b+tag@example.com", "a.b+tag@example.com", "a.b+tag@example.com"),
        ("me@localhost", "me@localhost", "me@localhost"),
        ("josé@bücher.example", "josé@xn--bcher-kva.example", "josé@xn--bcher-kva.example"),
        ("ﬁona@example.com", "ﬁona@example.com", "fiona@example.com"),
        ("\u212aim@example.com", "Kim@example.com", "kim@example.com"),
    ],
)
def test_an_address_has_one_form_to_show_and_one_to_compare(
    text: str, shown: str, key: str
) -> None:
    assert parse_email(text) == (shown, key)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("alice", id="no-at"),
        pytest.param("@example.com", id="no-name"),
        pytest.param("alice@", id="no-domain"),
        pytest.param("alice@example", id="one-label"),
        pytest.param("alice@127.0.0.1", id="address"),
        pytest.param("alice@[127.0.0.1]", id="literal"),
        pytest.param("alice@exa mple.com", id="space-in-domain"),
        pytest.param("al ice@example.com", id="space"),
        pytest.param('"al ice"@example.com', id="quoted"),
        pytest.param("a@b@example.com", id="two-ats"),
        pytest.param(".alice@example.com", id="dot-first"),
        pytest.param("alice.@example.com", id="dot-last"),
        pytest.param("al..ice@example.com", id="two-dots"),
        pytest.param("alice@example.com\r\nBcc: eve@example.com", id="header"),
        pytest.param("alice\r\n@example.com", id="break"),
        pytest.param("alice\0@example.com", id="nul"),
        pytest.param("alice@-example.com", id="hyphen-first"),
        pytest.param("alice@example..com", id="empty-label"),
        pytest.param("alice@stra\u00dfe.example", id="sharp-s"),
        pytest.param("alice\uff20example.com", id="wide-at"),
        pytest.param("a\u2024b@example.com", id="one-dot-leader"),
        pytest.param("\ud800@example.com", id="surrogate"),
        pytest.param("<alice@example.com>", id="brackets"),
        pytest.param("a" * 65 + "@example.com", id="local-of-65"),
        pytest.param("a@" + "b" * 64 + ".example", id="label-of-64"),
        pytest.param("x" * 100_000 + "@example.com", id="endless"),
    ],
)
def test_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidEmail, match="must"):
        parse_email(text)


def test_an_address_may_have_64_bytes_before_the_at() -> None:
    assert parse_email("a" * 64 + "@example.com").shown.startswith("aaaa")
    with pytest.raises(InvalidEmail):
        parse_email("é" * 33 + "@example.com")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80) | st.emails())
def test_what_is_shown_leads_back_to_the_same_key(text: str) -> None:
    try:
        found = parse_identifier(text)
    except AuthError:
        return

    assert parse_identifier(found.shown).key == found.key
    assert parse_identifier(found.key).key == found.key
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zs"} for c in found.shown)


@pytest.mark.parametrize(
    ("text", "shown", "key"),
    [
        ("Alice", "Alice", "alice"),
        ("  bob_2 ", "bob_2", "bob_2"),
        ("Straße", "Straße", "strasse"),
        ("李", "李", "李"),
        ("a" * 64, "a" * 64, "a" * 64),
    ],
)
def test_a_username_has_one_form_to_show_and_one_to_compare(
    text: str, shown: str, key: str
) -> None:
    assert parse_username(text) == (shown, key)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "a b", "a@b", "a\uff20b", "_a", "a_", "-a", ".a", "a.", "a\0b", "a" * 65,
     "\ufdfa" * 4, "a\u202eb", "\u0301a", "a/b", "<b>", "x" * 1_000_000],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_refuses_what_cannot_be_a_username(text: str) -> None:
    with pytest.raises(InvalidUsername, match="username must"):
        parse_username(text)


def test_twins_of_a_name_have_its_key() -> None:
    twins = ["file", "FILE", "ﬁle", "\uff46ile"]

    assert {parse_username(twin).key for twin in twins} == {"file"}


def test_nobodys_name_is_anothers_address() -> None:
    assert parse_identifier("alice@example.com") == parse_email("alice@example.com")
    assert parse_identifier("alice") == parse_username("alice")
