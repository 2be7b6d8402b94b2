"""groundup_auth.system: the whole, as an application uses it."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from groundup_auth import (
    AlreadyRegistered,
    AuthenticationSystem,
    AuthSettings,
    ConfigurationError,
    InvalidCode,
    InvalidCredentials,
    InvalidEmail,
    InvalidUsername,
    MemoryAttempts,
    MemoryMailer,
    Message,
    PasswordPolicy,
    SecondFactorError,
    SQLiteStore,
    TokenError,
    TokenExpired,
    TokenRevoked,
    TooManyAttempts,
    UnknownUser,
    User,
    UserStore,
    WeakPassword,
    totp_code,
)
from groundup_auth.totp import STEP

ALICE = ("alice@example.com", "SecurePass123!")
NEW = "NewPassword123!"


@pytest.fixture
def alice(auth: AuthenticationSystem) -> int:
    return auth.register(*ALICE, username="alice")


def test_the_first_example_works() -> None:
    auth = AuthenticationSystem(mailer=MemoryMailer())
    user_id = auth.register("alice@example.com", "SecurePass123!")

    token = auth.login("alice@example.com", "SecurePass123!")

    assert token.count(".") == 2
    assert auth.verify_token(token) == user_id
    auth.request_reset("alice@example.com")
    auth.close()


def test_without_anything_the_reset_token_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with AuthenticationSystem(settings=AuthSettings(bcrypt_cost=4)) as auth:
        auth.register(*ALICE)

        auth.request_reset("alice@example.com")

    assert "To: alice@example.com" in capsys.readouterr().out


@pytest.mark.parametrize("password", ["Pass123!", "SecurePass123!", "NewPassword123!"])
def test_passwords_of_the_examples_are_accepted(auth: AuthenticationSystem, password: str) -> None:
    assert auth.register("alice@example.com", password) > 0


@pytest.mark.parametrize(
    ("email", "password", "username", "error"),
    [
        ("alice", "SecurePass123!", None, InvalidEmail),
        ("alice@example.com", "short", None, WeakPassword),
        ("alice@example.com", "Alice1234", "alice", WeakPassword),
        ("alice@example.com", "SecurePass123!", "a b", InvalidUsername),
        ("alice@example.com", "SecurePass123!", "a@b.example", InvalidUsername),
    ],
)
def test_a_registration_that_is_refused_leaves_nothing(
    auth: AuthenticationSystem,
    email: str,
    password: str,
    username: str | None,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        auth.register(email, password, username)

    assert auth.register("alice@example.com", "SecurePass123!") == 1


def test_an_address_is_registered_once_whatever_its_case(
    auth: AuthenticationSystem, alice: int
) -> None:
    with pytest.raises(AlreadyRegistered):
        auth.register("ALICE@example.COM", "SecurePass123!")
    with pytest.raises(AlreadyRegistered, match="username"):
        auth.register("bob@example.com", "SecurePass123!", "ALICE")


def test_of_a_crowd_that_registers_one_name_one_gets_it(
    make_auth: Callable[..., AuthenticationSystem], store: UserStore, unlimited: AuthSettings
) -> None:
    auth = make_auth(store, unlimited)
    gate = threading.Barrier(6)

    def register(number: int) -> int:
        gate.wait()
        try:
            return auth.register(f"user{number}@example.com", "SecurePass123!", "theName")
        except AlreadyRegistered:
            return 0

    with ThreadPoolExecutor(6) as pool:
        ids = [user_id for user_id in pool.map(register, range(6)) if user_id]

    assert len(ids) == 1


def test_registrations_from_one_place_are_limited(auth: AuthenticationSystem) -> None:
    for number in range(21):
        auth.register(f"user{number}@example.com", "SecurePass123!", source="198.51.100.7")

    with pytest.raises(TooManyAttempts):
        auth.register("more@example.com", "SecurePass123!", source="198.51.100.7")
    assert auth.register("other@example.com", "SecurePass123!", source="192.0.2.1")


def test_a_user_is_shown_without_secrets(auth: AuthenticationSystem, alice: int) -> None:
    assert auth.get_user(alice) == User(alice, "alice@example.com", "alice")
    assert auth.find_user(auth.login(*ALICE)) == auth.get_user(alice)
    for unknown in (0, -1, alice + 1, 2**80):
        with pytest.raises(UnknownUser):
            auth.get_user(unknown)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None, "x" * 100_000, "\ud800"], ids=range(6))
def test_what_is_no_token_is_nobody(auth: AuthenticationSystem, alice: int, token: Any) -> None:
    assert auth.verify_token(token) is None
    assert auth.find_user(token) is None
    with pytest.raises(TokenError):
        auth.verify_token_strict(token)


def test_strict_says_why(
    auth: AuthenticationSystem, alice: int, wait: Callable[[float], None]
) -> None:
    token, other = auth.login(*ALICE), auth.login(*ALICE)
    assert auth.verify_token_strict(token) == alice

    auth.logout(token)
    with pytest.raises(TokenRevoked):
        auth.verify_token_strict(token)
    wait(3600)
    with pytest.raises(TokenExpired):
        auth.verify_token_strict(other)


def test_a_log_out_is_one_at_once_and_twice_is_no_harm(
    auth: AuthenticationSystem, alice: int
) -> None:
    token, other = auth.login(*ALICE), auth.login(*ALICE)

    auth.logout(token)
    auth.logout(token)

    assert auth.verify_token(token) is None
    assert auth.verify_token(other) == alice


def test_logging_out_everywhere_ends_every_session(auth: AuthenticationSystem, alice: int) -> None:
    tokens = [auth.login(*ALICE), auth.login_pair(*ALICE).access]

    assert auth.logout_everywhere(alice) == 2

    assert [auth.verify_token(token) for token in tokens] == [None, None]
    assert auth.login(*ALICE)


def test_a_pair_is_refreshed(
    auth: AuthenticationSystem, alice: int, wait: Callable[[float], None]
) -> None:
    pair = auth.login_pair(*ALICE)
    wait(3600)
    assert auth.verify_token(pair.access) is None

    pair = auth.refresh(pair.refresh)

    assert auth.verify_token(pair.access) == alice


def test_a_new_password_ends_every_session_but_the_own(
    auth: AuthenticationSystem, alice: int
) -> None:
    here, there = auth.login(*ALICE), auth.login(*ALICE)

    auth.change_password(alice, ALICE[1], NEW, keep_token=here)

    assert auth.verify_token(here) == alice
    assert auth.verify_token(there) is None
    with pytest.raises(InvalidCredentials):
        auth.login(*ALICE)
    assert auth.login("alice", NEW)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("wrong", NEW, InvalidCredentials),
        (ALICE[1], ALICE[1], WeakPassword),
        (ALICE[1], "short", WeakPassword),
        (ALICE[1], "alice@example.com", WeakPassword),
    ],
)
def test_a_password_is_not_changed_for_a_wrong_or_weak_one(
    auth: AuthenticationSystem, alice: int, old: str, new: str, error: type[Exception]
) -> None:
    token = auth.login(*ALICE)

    with pytest.raises(error):
        auth.change_password(alice, old, new)

    assert auth.verify_token(token) == alice
    assert auth.login(*ALICE)


def test_a_token_to_keep_must_be_the_users_own(auth: AuthenticationSystem, alice: int) -> None:
    auth.register("bob@example.com", "SecurePass123!")
    bobs = auth.login("bob@example.com", "SecurePass123!")

    with pytest.raises(TokenRevoked, match="must be one of the user"):
        auth.change_password(alice, ALICE[1], NEW, keep_token=bobs)


def test_of_two_changes_at_once_one_counts(
    make_auth: Callable[..., AuthenticationSystem], unlimited: AuthSettings
) -> None:
    auth = make_auth(settings=unlimited)
    alice = auth.register(*ALICE)
    gate = threading.Barrier(4)

    def change(number: int) -> str:
        gate.wait()
        try:
            auth.change_password(alice, ALICE[1], f"New password no {number}!")
        except InvalidCredentials:
            return ""
        return f"New password no {number}!"

    with ThreadPoolExecutor(4) as pool:
        passwords = [password for password in pool.map(change, range(4)) if password]

    assert len(passwords) == 1
    assert auth.login("alice@example.com", passwords[0])


def test_a_removed_user_is_gone_with_everything(auth: AuthenticationSystem, alice: int) -> None:
    token = auth.login(*ALICE)

    auth.delete_user(alice)

    assert auth.verify_token(token) is None
    with pytest.raises(InvalidCredentials):
        auth.login(*ALICE)
    with pytest.raises(UnknownUser):
        auth.delete_user(alice)
    assert auth.register(*ALICE) != alice


def test_a_second_factor_from_beginning_to_end(
    auth: AuthenticationSystem,
    alice: int,
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> None:
    here, there = auth.login(*ALICE), auth.login(*ALICE)
    with pytest.raises(InvalidCredentials):
        auth.enable_totp(alice, "wrong")
    secret = auth.enable_totp(alice, ALICE[1]).secret
    assert not auth.has_totp(alice)

    codes = auth.confirm_totp(alice, totp_code(secret, int(clock()) // STEP), keep_token=here)

    assert auth.has_totp(alice)
    assert (auth.verify_token(here), auth.verify_token(there)) == (alice, None)
    assert auth.count_recovery_codes(alice) == 10
    assert auth.login("alice", ALICE[1], codes[0])
    assert auth.count_recovery_codes(alice) == 9
    renewed = auth.renew_recovery_codes(alice, ALICE[1])
    with pytest.raises(InvalidCode):
        auth.login("alice", ALICE[1], codes[1])
    assert auth.login("alice", ALICE[1], renewed[0])
    auth.disable_totp(alice, ALICE[1])
    assert auth.verify_token(here) is None
    assert auth.login(*ALICE)
    assert auth.count_recovery_codes(alice) == 0


def test_the_first_code_cannot_be_guessed(auth: AuthenticationSystem, alice: int) -> None:
    auth.enable_totp(alice, ALICE[1])
    for _ in range(6):
        with pytest.raises(InvalidCode):
            auth.confirm_totp(alice, "000000x")

    with pytest.raises(TooManyAttempts):
        auth.confirm_totp(alice, "000000x")


def test_a_session_alone_changes_no_second_factor(
    auth: AuthenticationSystem, alice: int, clock: Callable[[], float]
) -> None:
    secret = auth.enable_totp(alice, ALICE[1]).secret
    auth.confirm_totp(alice, totp_code(secret, int(clock()) // STEP))

    with pytest.raises(InvalidCredentials):
        auth.disable_totp(alice, "wrong")
    with pytest.raises(InvalidCredentials):
        auth.renew_recovery_codes(alice, "wrong")
    with pytest.raises(SecondFactorError):
        auth.enable_totp(alice, ALICE[1])


def test_two_systems_on_one_store_and_secret_are_one(
    make_auth: Callable[..., AuthenticationSystem], store: UserStore
) -> None:
    one, other = make_auth(store), make_auth(store)
    user_id = one.register(*ALICE)

    token = one.login(*ALICE)

    assert other.verify_token(token) == user_id
    other.logout(token)
    assert one.verify_token(token) is None


def test_another_secret_takes_no_tokens(
    make_auth: Callable[..., AuthenticationSystem], store: UserStore
) -> None:
    one, other = make_auth(store), make_auth(store, secret="another secret of at least 32 bytes")
    one.register(*ALICE)

    assert other.verify_token(one.login(*ALICE)) is None


def test_a_store_without_a_secret_is_warned_about(
    store: UserStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        AuthenticationSystem(store).close()

    assert "no secret: tokens end with this process" in caplog.text


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least 32 bytes"):
        AuthenticationSystem(secret="secret")


def test_an_empty_attempt_store_is_the_one_that_is_used(
    make_auth: Callable[..., AuthenticationSystem],
) -> None:
    attempts = MemoryAttempts()
    auth = make_auth(attempts=attempts)

    with pytest.raises(InvalidCredentials):
        auth.login("alice", "wrong")

    assert len(attempts) == 1


def test_another_policy_decides(make_auth: Callable[..., AuthenticationSystem]) -> None:
    auth = make_auth(policy=PasswordPolicy(min_length=20))

    with pytest.raises(WeakPassword, match="at least 20"):
        auth.register(*ALICE)


class Waiting:
    """A mailer that sends when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.sent: list[Message] = []

    def send(self, message: Message, /) -> None:
        """Wait, then send."""
        self.gate.wait(30)
        self.sent.append(message)


def test_nobody_waits_for_a_mail_and_none_is_lost_at_the_end() -> None:
    mailer = Waiting()
    auth = AuthenticationSystem(mailer=mailer, settings=AuthSettings(bcrypt_cost=4))
    auth.register(*ALICE)

    auth.request_reset("alice@example.com")

    assert mailer.sent == []
    mailer.gate.set()
    auth.close()
    assert [message.to for message in mailer.sent] == ["alice@example.com"]


def test_a_store_that_was_given_stays_open() -> None:
    with SQLiteStore() as store:
        AuthenticationSystem(store, secret="a secret of at least 32 bytes, this").close()

        assert store.find_account(1) is None
