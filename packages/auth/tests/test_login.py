"""groundup_auth.login: the same steps, words and work for those who exist and those who do not."""

from collections.abc import Callable

import bcrypt
import pytest

from groundup_auth import (
    AuthenticationSystem,
    AuthSettings,
    InvalidCode,
    InvalidCredentials,
    LockoutRules,
    Rule,
    SecondFactorRequired,
    SQLiteStore,
    TooManyAttempts,
    UnknownUser,
    totp_code,
)
from groundup_auth.totp import STEP

ALICE = ("alice@example.com", "SecurePass123!")


@pytest.fixture
def alice(auth: AuthenticationSystem) -> int:
    return auth.register(*ALICE, username="alice")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What bcrypt was asked to check."""
    asked: list[bytes] = []
    original = bcrypt.checkpw

    def checkpw(password: bytes, hashed: bytes) -> bool:
        asked.append(hashed[:7])
        return original(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    return asked


@pytest.mark.parametrize(
    "name", ["alice@example.com", " ALICE@Example.com ", "alice", "ALICE", "\uff21lice"]
)
def test_either_name_lets_in_however_it_is_typed(
    auth: AuthenticationSystem, alice: int, name: str
) -> None:
    assert auth.verify_token(auth.login(name, "SecurePass123!")) == alice


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("alice@example.com", "wrong", id="wrong-password"),
        pytest.param("alice", "wrong", id="wrong-password-by-name"),
        pytest.param("alice@example.com", "", id="empty-password"),
        pytest.param("alice@example.com", "x" * 5000, id="long-password"),
        pytest.param("nobody@example.com", "SecurePass123!", id="nobody"),
        pytest.param("nobody", "SecurePass123!", id="nobody-by-name"),
        pytest.param("", "SecurePass123!", id="empty"),
        pytest.param("not an @address", "SecurePass123!", id="no-address"),
        pytest.param("\ud800", "SecurePass123!", id="surrogate"),
        pytest.param("x" * 1_000_000, "SecurePass123!", id="endless"),
    ],
)
def test_every_refusal_has_the_same_words_and_costs_one_check(
    auth: AuthenticationSystem, alice: int, checks: list[bytes], name: str, password: str
) -> None:
    with pytest.raises(InvalidCredentials) as caught:
        auth.login(name, password)

    assert str(caught.value) == "e-mail address, username or password is wrong"
    assert type(caught.value) is InvalidCredentials
    assert checks == [b"$2b$04$"]


@pytest.mark.parametrize("name", ["alice@example.com", "nobody@example.com", "nobody", "?"])
def test_those_who_do_not_exist_are_locked_out_like_those_who_do(
    auth: AuthenticationSystem, alice: int, checks: list[bytes], name: str
) -> None:
    refusals: list[type[Exception]] = []
    for _ in range(8):
        with pytest.raises((InvalidCredentials, TooManyAttempts)) as caught:
            auth.login(name, "wrong", source="192.0.2.1")
        refusals.append(type(caught.value))

    assert refusals == [InvalidCredentials] * 6 + [TooManyAttempts] * 2
    assert len(checks) == 6, "who must wait costs nothing"


def test_the_right_password_waits_as_well(auth: AuthenticationSystem, alice: int) -> None:
    for _ in range(6):
        with pytest.raises(InvalidCredentials):
            auth.login("alice", "wrong", source="192.0.2.1")

    with pytest.raises(TooManyAttempts):
        auth.login("alice", "SecurePass123!", source="192.0.2.1")
    assert auth.login("alice", "SecurePass123!", source="192.0.2.2")


def test_the_owner_gets_in_after_the_wait(
    auth: AuthenticationSystem, alice: int, wait: Callable[[float], None]
) -> None:
    for _ in range(6):
        with pytest.raises(InvalidCredentials):
            auth.login("alice", "wrong")

    wait(1)

    assert auth.login("alice", "SecurePass123!")


def test_a_success_wipes_the_slate(auth: AuthenticationSystem, alice: int) -> None:
    for _ in range(5):
        for _ in range(5):
            with pytest.raises(InvalidCredentials):
                auth.login("alice", "wrong")
        assert auth.login("alice", "SecurePass123!")


def test_an_attack_from_everywhere_does_not_reach_the_owners_place(
    make_auth: Callable[..., AuthenticationSystem],
) -> None:
    rules = LockoutRules(account=Rule(5, 60, 60, 3600))
    auth = make_auth(settings=AuthSettings(bcrypt_cost=4, rules=rules))
    auth.register(*ALICE)
    auth.login(*ALICE, source="192.0.2.1")
    for place in range(6):
        with pytest.raises(InvalidCredentials):
            auth.login(ALICE[0], "wrong", source=f"198.51.100.{place}")

    with pytest.raises(TooManyAttempts):
        auth.login(*ALICE, source="203.0.113.9")
    assert auth.login(*ALICE, source="192.0.2.1")


@pytest.fixture
def secret(
    auth: AuthenticationSystem,
    alice: int,
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> str:
    """The secret of the second factor, whose next code is not used."""
    enrolment = auth.enable_totp(alice, "SecurePass123!")
    auth.confirm_totp(alice, totp_code(enrolment.secret, int(clock()) // STEP))
    wait(STEP)
    return enrolment.secret


def test_only_who_knows_the_password_learns_of_a_second_factor(
    auth: AuthenticationSystem, secret: str
) -> None:
    with pytest.raises(InvalidCredentials) as caught:
        auth.login("alice", "wrong")
    assert not isinstance(caught.value, SecondFactorRequired)

    with pytest.raises(SecondFactorRequired):
        auth.login("alice", "SecurePass123!")


def test_a_code_completes_the_log_in(
    auth: AuthenticationSystem, alice: int, secret: str, clock: Callable[[], float]
) -> None:
    code = totp_code(secret, int(clock()) // STEP)

    assert auth.verify_token(auth.login("alice", "SecurePass123!", code)) == alice
    with pytest.raises(InvalidCode):
        auth.login("alice", "SecurePass123!", code)


def test_asking_for_the_code_is_no_failure(auth: AuthenticationSystem, secret: str) -> None:
    for _ in range(20):
        with pytest.raises(SecondFactorRequired):
            auth.login("alice", "SecurePass123!")


def test_codes_cannot_be_guessed(
    auth: AuthenticationSystem, secret: str, wait: Callable[[float], None]
) -> None:
    """A day of guessing, from a new place each time."""
    guesses = 0
    for place in range(1500):
        try:
            auth.login("alice", "SecurePass123!", "000000", source=f"10.{place // 250}.{place}.1")
        except InvalidCode:
            guesses += 1
        except TooManyAttempts:
            wait(60)

    assert 10 < guesses < 150


def test_hashes_are_made_anew_when_the_cost_changes(
    make_auth: Callable[..., AuthenticationSystem],
) -> None:
    with SQLiteStore() as store:
        old, new = make_auth(store), make_auth(store, AuthSettings(bcrypt_cost=5))
        user_id = old.register(*ALICE)

        with pytest.raises(InvalidCredentials):
            new.login(ALICE[0], "wrong")
        account = store.find_account(user_id)
        assert account is not None
        assert "$2b$04$" in account.password_hash

        token = new.login(*ALICE)

        account = store.find_account(user_id)
        assert account is not None
        assert "$2b$05$" in account.password_hash
        assert new.verify_token(token) == user_id
        assert new.login(*ALICE)


def test_confirming_counts_and_names_only_the_password(
    auth: AuthenticationSystem, alice: int
) -> None:
    for _ in range(6):
        with pytest.raises(InvalidCredentials, match=r"^password is wrong$"):
            auth._login.confirm(alice, "wrong")
    with pytest.raises(TooManyAttempts):
        auth._login.confirm(alice, "SecurePass123!")
    with pytest.raises(UnknownUser):
        auth._login.confirm(alice + 1, "SecurePass123!")
