"""groundup_auth.recovery: back in by mail, and no word about who exists."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundup_auth import (
    AuthenticationSystem,
    AuthSettings,
    ConfigurationError,
    InvalidCredentials,
    InvalidReset,
    MemoryMailer,
    Message,
    SecondFactorRequired,
    TooManyAttempts,
    WeakPassword,
    totp_code,
)
from groundup_auth.totp import STEP

ALICE = ("alice@example.com", "SecurePass123!")
NEW = "NewPassword123!"


@pytest.fixture
def alice(auth: AuthenticationSystem) -> int:
    return auth.register(*ALICE, username="alice")


def test_a_mail_brings_a_token_that_sets_a_password(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    before = auth.login(*ALICE)
    auth.request_reset("alice@example.com")

    assert auth.reset_password(last_token(), NEW) == alice

    assert auth.verify_token(before) is None, "every session ends"
    with pytest.raises(InvalidCredentials):
        auth.login(*ALICE)
    assert auth.login("alice", NEW)


def test_a_token_works_once(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    auth.request_reset("alice@example.com")
    auth.reset_password(last_token(), NEW)

    with pytest.raises(InvalidReset):
        auth.reset_password(last_token(), "Another Password 123")
    assert auth.login("alice", NEW)


def test_a_crowd_with_one_token_sets_one_password(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    auth.request_reset("alice@example.com")

    def reset(number: int) -> str:
        try:
            auth.reset_password(last_token(), f"New password no {number}!")
        except InvalidReset:
            return ""
        return f"New password no {number}!"

    with ThreadPoolExecutor(6) as pool:
        set_to = [password for password in pool.map(reset, range(6)) if password]

    assert len(set_to) == 1
    assert auth.login("alice", set_to[0])


def test_a_token_has_its_time(
    auth: AuthenticationSystem,
    alice: int,
    last_token: Callable[[], str],
    wait: Callable[[float], None],
) -> None:
    auth.request_reset("alice@example.com")
    wait(3600)

    with pytest.raises(InvalidReset):
        auth.reset_password(last_token(), NEW)


def test_a_weak_password_leaves_the_token_good(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    auth.request_reset("alice@example.com")
    for weak in ("short", "alice@example.com"):
        with pytest.raises(WeakPassword):
            auth.reset_password(last_token(), weak)

    assert auth.reset_password(last_token(), NEW) == alice


@pytest.mark.parametrize("address", ["nobody@example.com", "alice", "", "?", "x" * 100_000])
def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(
    auth: AuthenticationSystem, alice: int, mailer: MemoryMailer, address: str
) -> None:
    auth.request_reset(address)

    assert not mailer.messages


def test_the_mail_goes_to_the_address_that_was_registered(
    auth: AuthenticationSystem, mailer: MemoryMailer
) -> None:
    auth.register("Fiona@example.com", "SecurePass123!")

    auth.request_reset("\ufb01ona@EXAMPLE.com")

    assert mailer.messages[-1].to == "Fiona@example.com"


def test_asking_too_often_is_silent_and_ends(
    auth: AuthenticationSystem,
    alice: int,
    mailer: MemoryMailer,
    wait: Callable[[float], None],
) -> None:
    for _ in range(20):
        auth.request_reset("alice@example.com")
    assert len(mailer.messages) == 4

    wait(60)
    auth.request_reset("alice@example.com")

    assert len(mailer.messages) == 5


def test_whoever_asks_the_owner_always_holds_a_token_that_works(
    auth: AuthenticationSystem,
    alice: int,
    mailer: MemoryMailer,
    last_token: Callable[[], str],
    wait: Callable[[float], None],
) -> None:
    for _ in range(200):
        auth.request_reset("alice@example.com")
        wait(60)

    assert len(mailer.messages) < 30
    assert auth.reset_password(last_token(), NEW) == alice


def test_one_place_cannot_have_mails_sent_to_everybody(
    auth: AuthenticationSystem, mailer: MemoryMailer
) -> None:
    for number in range(40):
        auth.register(f"user{number}@example.com", "SecurePass123!")
        auth.request_reset(f"user{number}@example.com", source="198.51.100.7")

    assert len(mailer.messages) == 21


def test_a_reset_opens_the_place_where_it_was_done(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    for _ in range(6):
        with pytest.raises(InvalidCredentials):
            auth.login("alice", "wrong", source="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        auth.login("alice", NEW, source="192.0.2.1")
    auth.request_reset("alice@example.com")

    auth.reset_password(last_token(), NEW, source="192.0.2.1")

    assert auth.login("alice", NEW, source="192.0.2.1")


def test_a_reset_does_not_go_around_the_second_factor(
    auth: AuthenticationSystem,
    alice: int,
    last_token: Callable[[], str],
    clock: Callable[[], float],
) -> None:
    enrolment = auth.enable_totp(alice, "SecurePass123!")
    auth.confirm_totp(alice, totp_code(enrolment.secret, int(clock()) // STEP))
    auth.request_reset("alice@example.com")

    auth.reset_password(last_token(), NEW)

    with pytest.raises(SecondFactorRequired):
        auth.login("alice", NEW)


def test_a_removed_user_resets_nothing(
    auth: AuthenticationSystem, alice: int, last_token: Callable[[], str]
) -> None:
    auth.request_reset("alice@example.com")
    auth.delete_user(alice)

    with pytest.raises(InvalidReset):
        auth.reset_password(last_token(), NEW)


def test_the_mail_links_to_the_page(
    make_auth: Callable[..., AuthenticationSystem], mailer: MemoryMailer
) -> None:
    url = "https://site.example/reset?token={token}"
    auth = make_auth(settings=AuthSettings(bcrypt_cost=4, reset_url=url))
    auth.register(*ALICE)

    auth.request_reset("alice@example.com")

    assert "\nhttps://site.example/reset?token=" in mailer.messages[-1].body


class Broken:
    instant = True

    def send(self, message: Message, /) -> None:
        """Fail as a server does."""
        raise OSError("no route to host")


def test_a_mail_that_fails_tells_the_log_and_not_the_asker(
    make_auth: Callable[..., AuthenticationSystem], caplog: pytest.LogCaptureFixture
) -> None:
    auth = make_auth(mailer=Broken())
    auth.register(*ALICE)

    auth.request_reset("alice@example.com")

    assert "reset mail to user 1 could not be sent" in caplog.text


def test_without_a_mailer_nobody_can_ask(make_auth: Callable[..., AuthenticationSystem]) -> None:
    auth = make_auth(mailer=None)

    with pytest.raises(ConfigurationError, match="mailer=SMTPMailer"):
        auth.request_reset("alice@example.com")
