"""groundup_auth.passwords: the whole password counts, and a wrong one costs as much as none."""

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_auth import ConfigurationError, PasswordHasher

HASHER = PasswordHasher(cost=4)
STORED = HASHER.hash("correct horse")


def test_a_password_opens_its_hash_and_no_other_does() -> None:
    assert HASHER.verify("correct horse", STORED)
    assert not HASHER.verify("correct horse ", STORED)
    assert not HASHER.verify("", STORED)


def test_a_hash_shows_neither_the_password_nor_whether_two_are_the_same() -> None:
    assert "correct" not in STORED
    assert HASHER.hash("correct horse") != STORED


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=100))
def test_every_text_can_be_a_password(password: str) -> None:
    stored = HASHER.hash(password)

    assert HASHER.verify(password, stored)
    assert not HASHER.verify(password + "x", stored)


@pytest.mark.parametrize("length", [71, 72, 73, 200, 1024])
def test_every_character_of_a_long_password_counts(length: int) -> None:
    stored = HASHER.hash("a" * length)

    assert HASHER.verify("a" * length, stored)
    assert not HASHER.verify("a" * (length - 1), stored)
    assert not HASHER.verify("a" * (length - 1) + "b", stored)


def test_what_stands_after_a_nul_counts() -> None:
    assert not HASHER.verify("abc\0other", HASHER.hash("abc\0defgh"))


def test_a_password_may_be_typed_on_any_keyboard() -> None:
    assert HASHER.verify("cafe\u0301 im Garten", HASHER.hash("caf\u00e9 im Garten"))


def test_an_endless_password_is_refused_before_it_is_normalised() -> None:
    assert not HASHER.verify("\ufdfa" * 10_000_000, STORED)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The costs of the hashes that bcrypt was asked about."""
    costs: list[int] = []
    original = bcrypt.checkpw

    def checkpw(password: bytes, hashed: bytes) -> bool:
        costs.append(int(hashed[4:6]))
        return original(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    return costs


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        pytest.param("correct horse", STORED, id="right"),
        pytest.param("wrong", STORED, id="wrong"),
        pytest.param("x" * 5000, STORED, id="too-long"),
        pytest.param("correct horse", None, id="nobody"),
        pytest.param("", None, id="nobody-empty"),
        pytest.param("\0", None, id="nobody-nul"),
    ],
)
def test_every_answer_costs_one_check(checks: list[int], password: str, stored: str | None) -> None:
    found = HASHER.verify(password, stored)

    assert checks == [4]
    assert found is (password == "correct horse" and stored is not None)


def test_hashes_of_other_systems_are_understood_and_made_anew() -> None:
    foreign = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()

    assert HASHER.verify("correct horse", foreign)
    assert not HASHER.verify("wrong horse", foreign)
    assert HASHER.needs_rehash(foreign)


def test_a_foreign_hash_reads_72_bytes_as_its_maker_did() -> None:
    foreign = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4)).decode()

    assert HASHER.verify("a" * 80, foreign)


@pytest.mark.parametrize(
    "stored", ["", "plain", "md5$x", "bcrypt-hmac-sha256$", STORED[:-5], "$2b$"], ids=range(6)
)
def test_what_is_no_hash_opens_nothing(stored: str) -> None:
    assert not HASHER.verify("correct horse", stored)


def test_another_cost_asks_for_a_new_hash() -> None:
    assert not HASHER.needs_rehash(STORED)
    assert PasswordHasher(cost=5).needs_rehash(STORED)


@pytest.mark.parametrize("cost", [3, 32, -1])
def test_refuses_a_cost_that_bcrypt_does_not_have(cost: int) -> None:
    with pytest.raises(ConfigurationError, match="from 4 to 31"):
        PasswordHasher(cost=cost)
