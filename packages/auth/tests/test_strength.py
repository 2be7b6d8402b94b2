"""groundup_auth.strength: long, not on the list, not the name; and nothing else is asked."""

import time

import pytest

from groundup_auth import ConfigurationError, PasswordPolicy, WeakPassword
from groundup_auth.strength import common_passwords, is_pattern, is_similar

POLICY = PasswordPolicy()


@pytest.mark.parametrize(
    "password",
    [
        "Pass123!",
        "SecurePass123!",
        "NewPassword123!",
        "wrong horse battery staple",
        "нелёгкий пароль",
        "🐎🔋📎🐴🌧🌶🧲🪑",
        "a" * 40 + "bcdefg" * 5 + " and more",
    ],
)
def test_accepts_what_is_long_and_not_obvious(password: str) -> None:
    assert POLICY.problems(password, email="alice@example.com", username="alice") == ()


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        pytest.param("Sh0rt!x", "at least 8", id="seven"),
        pytest.param("", "at least 8", id="empty"),
        pytest.param("password", "tried first", id="common"),
        pytest.param("PASSWORD", "tried first", id="case"),
        pytest.param("P@ssw0rd", "tried first", id="leet"),
        pytest.param("correct horse battery staple", "tried first", id="comic"),
        pytest.param("drowssap", "tried first", id="backwards"),
        pytest.param("Password1!", "tried first", id="with-endings"),
        pytest.param("Summer2024", "tried first", id="season"),
        pytest.param("aaaaaaaaaa", "repetition", id="one-letter"),
        pytest.param("abababababab", "repetition", id="two-letters"),
        pytest.param("abcdefghijkl", "row of keys", id="alphabet"),
        pytest.param("poiuytrewq", "row of keys", id="keys-backwards"),
        pytest.param("alice@example.com", "too similar", id="address"),
        pytest.param("Example123", "too similar", id="domain-and-digits"),
        pytest.param("4l1ce4l1ce", "too similar", id="name-twice"),
        pytest.param("wonderland1", "too similar", id="username"),
        pytest.param("x" * 1025, "at most 1024", id="endless"),
        pytest.param("abc\ud800defgh", "UTF-8", id="surrogate"),
    ],
)
def test_refuses_what_is_guessed_first(password: str, problem: str) -> None:
    found = POLICY.problems(password, email="alice@example.com", username="wonderland")

    assert any(problem in sentence for sentence in found), found


@pytest.mark.parametrize(
    ("length", "accepted"), [(7, False), (8, True), (1024, True), (1025, False)]
)
def test_the_length_is_held_at_its_edges(length: int, accepted: bool) -> None:
    password = ("tr7!kQz" * 200)[:length]

    assert (POLICY.problems(password) == ()) is accepted


def test_names_are_only_refused_when_little_else_is_left() -> None:
    assert not is_similar("alice likes green apples", ["alice"])
    assert is_similar("alice1234", ["alice"])
    assert not is_similar("bob-is-a-short-name", ["bob"])


def test_the_words_of_the_site_are_refused() -> None:
    policy = PasswordPolicy(words=("groundup",))

    assert policy.problems("Groundup2!")
    assert not POLICY.problems("Groundup2!")


def test_require_raises_all_problems_at_once() -> None:
    with pytest.raises(WeakPassword) as caught:
        POLICY.require("abc")

    assert len(caught.value.problems) == 2


def test_no_problem_repeats_the_password() -> None:
    for password in ("hunter2", "letmein1", "alicealice"):
        assert password not in " ".join(POLICY.problems(password, email="alice@example.com"))


def test_the_list_is_there_and_in_lower_case() -> None:
    words = common_passwords()

    assert len(words) > 5000
    assert {"password", "123456", "qwerty", "iloveyou"} <= words
    assert all(word == word.lower() and word for word in words)


def test_another_list_can_be_given() -> None:
    policy = PasswordPolicy(common=frozenset({"swordfish"}))

    assert policy.problems("Swordfish")
    assert not policy.problems("iloveyou")


@pytest.mark.parametrize("length", [0, 1025])
def test_refuses_a_minimum_that_nobody_can_meet_or_miss(length: int) -> None:
    with pytest.raises(ConfigurationError, match="from 1 to 1024"):
        PasswordPolicy(min_length=length)


def test_judging_takes_no_time_whatever_is_sent() -> None:
    started = time.process_time()

    for _ in range(20):
        POLICY.problems("ab" * 512, email="a@" + "a." * 120 + "example", username="ab" * 32)
        POLICY.problems("\ufdfa" * 10_000_000)
        is_pattern("ab" * 512)

    assert time.process_time() - started < 2
