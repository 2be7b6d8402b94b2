"""groundup_auth.lockout: guessing is slow from everywhere, and the owner gets in."""

from collections.abc import Callable
from functools import partial

import pytest

from groundup_auth import LockoutRules, MemoryAttempts, Rule, TooManyAttempts
from groundup_auth.lockout import Lockout, name_key, name_source

ALICE = "alice@example.com"
HOME = "192.0.2.1"
EVE = "198.51.100.7"


@pytest.fixture
def lockout(clock: Callable[[], float]) -> Lockout:
    return Lockout(MemoryAttempts(clock=clock))


def count_free(begin: Callable[[], object], limit: int = 1000) -> int:
    for number in range(limit):
        try:
            begin()
        except TooManyAttempts:
            return number
    return limit


def test_one_account_from_one_place_has_five_free_attempts(lockout: Lockout) -> None:
    assert count_free(lambda: lockout.log_in(ALICE, EVE)) == 6, "five, and one that starts the wait"


def test_another_place_is_not_held_up(lockout: Lockout) -> None:
    count_free(lambda: lockout.log_in(ALICE, EVE))

    lockout.log_in(ALICE, HOME)


def test_one_password_on_many_accounts_is_slowed_down(lockout: Lockout) -> None:
    accounts = iter(range(1000))

    assert count_free(lambda: lockout.log_in(f"user{next(accounts)}", EVE)) == 51


def test_one_account_from_a_thousand_places_is_slowed_down(lockout: Lockout) -> None:
    places = iter(range(1000))

    assert count_free(lambda: lockout.log_in(ALICE, f"10.0.{next(places)}.1")) == 101


def test_the_owner_at_home_never_notices_an_attack(
    lockout: Lockout, wait: Callable[[float], None]
) -> None:
    lockout.log_in(ALICE, HOME).succeed()
    lockout.welcome(ALICE, HOME)

    for day in range(3):
        for place in range(300):
            count_free(partial(lockout.log_in, ALICE, f"10.{day}.{place}.1"), 2)
        lockout.log_in(ALICE, HOME).succeed()
        wait(86_400)


def test_no_attack_makes_a_stranger_wait_longer_than_a_minute(lockout: Lockout) -> None:
    for place in range(500):
        count_free(partial(lockout.log_in, ALICE, f"10.0.{place}.1"), 2)

    with pytest.raises(TooManyAttempts) as caught:
        lockout.log_in(ALICE, "203.0.113.5")

    assert caught.value.retry_after <= 60


def test_a_wait_ends_for_good_when_nothing_comes(
    lockout: Lockout, wait: Callable[[float], None]
) -> None:
    count_free(lambda: lockout.log_in(ALICE, EVE))

    wait(3600)

    assert count_free(lambda: lockout.log_in(ALICE, EVE)) == 6


def test_a_success_is_a_clean_slate_for_its_place_only(lockout: Lockout) -> None:
    for _ in range(4):
        lockout.log_in(ALICE, HOME)

    lockout.log_in(ALICE, HOME).succeed()

    assert count_free(lambda: lockout.log_in(ALICE, HOME)) == 6


def test_an_own_account_buys_no_guesses_at_others(
    lockout: Lockout, wait: Callable[[float], None]
) -> None:
    """Between guesses at victims, the attacker logs in to an account of their own."""
    guesses = 0
    for number in range(2000):
        try:
            lockout.log_in("eve@example.com", EVE).succeed()
            lockout.log_in(f"victim{number}", EVE)
            guesses += 1
        except TooManyAttempts:
            wait(1)

    assert guesses < 70, "2000 seconds would be 2000 guesses"


def test_without_a_source_the_account_has_one_counter(lockout: Lockout) -> None:
    assert count_free(lambda: lockout.log_in(ALICE, None)) == 6
    lockout.log_in(ALICE, HOME)


def test_a_reset_by_mail_opens_the_way_from_any_place(lockout: Lockout) -> None:
    for place in range(500):
        count_free(partial(lockout.log_in, ALICE, f"10.0.{place}.1"), 2)
    count_free(lambda: lockout.log_in(ALICE, HOME))

    lockout.welcome(ALICE, HOME)

    lockout.log_in(ALICE, HOME)


def test_a_thief_of_the_password_cannot_fill_the_owners_counter_of_codes(lockout: Lockout) -> None:
    lockout.welcome(ALICE, HOME)

    assert count_free(lambda: lockout.code(1, ALICE, EVE)) == 11
    lockout.code(1, ALICE, HOME)


def test_codes_are_counted_for_all_strange_places_together(lockout: Lockout) -> None:
    places = iter(range(1000))

    assert count_free(lambda: lockout.code(1, ALICE, f"10.0.{next(places)}.1")) == 11


def test_registrations_are_limited_by_place_and_never_without_one(lockout: Lockout) -> None:
    assert count_free(lambda: lockout.register(EVE)) == 21
    assert count_free(lambda: lockout.register(None), 100) == 100


def test_resets_are_limited_by_address_and_by_place(lockout: Lockout) -> None:
    addresses = iter(range(1000))

    assert count_free(lambda: lockout.reset(ALICE, None)) == 4
    assert count_free(lambda: lockout.reset(f"user{next(addresses)}", EVE)) == 21


def test_someone_who_is_logged_in_guesses_as_slowly(lockout: Lockout) -> None:
    assert count_free(lambda: lockout.confirm(1)) == 6
    lockout.confirm(2)


def test_rules_can_be_others(clock: Callable[[], float]) -> None:
    rules = LockoutRules(pair=Rule(1, 60, 900, 3600))
    lockout = Lockout(MemoryAttempts(clock=clock), rules)

    assert count_free(lambda: lockout.log_in(ALICE, EVE)) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("device-7", "device-7", True),
        ("device-7", "device-8", False),
        (None, "", True),
    ],
)
def test_a_customer_is_one_source(one: str | None, other: str | None, same: bool) -> None:
    assert (name_source(one) == name_source(other)) is same


def test_keys_have_one_length_and_do_not_run_into_each_other() -> None:
    assert len(name_key("pair", "x" * 100_000, "\ud800")) == len(name_key("pair", "", ""))
    assert name_key("pair", "a", "b\0c") != name_key("pair", "a\0b", "c")
    assert name_key("pair", "ab", "") != name_key("pair", "a", "b")
