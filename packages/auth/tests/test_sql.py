"""groundup_auth.sql: the contract of a store, held by SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from groundup_auth import Account, AlreadyRegistered, Identifier, User, UserStore
from groundup_auth.sql import MAX_ID

ALICE = Identifier("Alice@example.com", "alice@example.com")
BOB = Identifier("bob@example.com", "bob@example.com")
NOW = 1_700_000_000


def together(count: int, action: Callable[[int], object]) -> list[Any]:
    """Run an action at once in many threads; return what came, errors too."""
    gate, results = threading.Barrier(count), list[Any]()

    def run(number: int) -> None:
        gate.wait()
        try:
            results.append(action(number))
        except (ValueError, RuntimeError, OSError) as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def get(store: UserStore, user_id: int) -> Account:
    account = store.find_account(user_id)
    assert account is not None
    return account


@pytest.fixture
def alice(store: UserStore) -> int:
    return store.add_user(ALICE, Identifier("Alice", "alice"), "hash 1")


def open_session(store: UserStore, user_id: int, name: str, expires_at: int = NOW + 60) -> None:
    epoch = get(store, user_id).epoch
    assert store.add_session(name, user_id, epoch=epoch, expires_at=expires_at, now=NOW)


def is_open(store: UserStore, name: str, now: int = NOW) -> bool:
    return store.find_session(name, now=now) is not None


def test_a_user_is_found_by_id_address_and_name(store: UserStore, alice: int) -> None:
    account = get(store, alice)

    assert account.user == User(alice, "Alice@example.com", "Alice")
    assert (account.password_hash, account.totp_secret, account.totp_pending) == (
        "hash 1",
        None,
        None,
    )
    assert store.find_by_email("alice@example.com") == account
    assert store.find_by_username("alice") == account


def test_nobody_is_nobody(store: UserStore, alice: int) -> None:
    assert store.find_account(alice + 1) is None
    assert store.find_by_email("Alice@example.com") is None, "only keys are compared"
    assert store.find_by_username("nobody") is None


@pytest.mark.parametrize("user_id", [0, -1, MAX_ID, MAX_ID + 1, 2**200])
def test_an_id_that_no_column_can_hold_is_nobodys(store: UserStore, user_id: int) -> None:
    assert store.find_account(user_id) is None
    assert not store.delete_user(user_id)
    assert store.end_sessions(user_id) == 0
    assert store.count_recovery_codes(user_id) == 0


def test_an_address_and_a_name_belong_to_one(store: UserStore, alice: int) -> None:
    with pytest.raises(AlreadyRegistered, match="e-mail address is") as caught:
        store.add_user(ALICE, None, "hash")
    assert caught.value.field == "e-mail address"
    with pytest.raises(AlreadyRegistered, match="username is"):
        store.add_user(BOB, Identifier("ALICE", "alice"), "hash")


def test_a_field_is_named_by_what_collides_and_not_by_its_value(
    store: UserStore, alice: int
) -> None:
    odd = Identifier("username@example.com", "username@example.com")
    store.add_user(odd, None, "hash")

    with pytest.raises(AlreadyRegistered, match="e-mail address is"):
        store.add_user(odd, None, "hash")


def test_many_may_have_no_name(store: UserStore, alice: int) -> None:
    assert store.add_user(BOB, None, "hash") != alice


def test_one_of_a_crowd_gets_the_address(store: UserStore) -> None:
    results = together(8, lambda _: store.add_user(ALICE, None, "hash"))

    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, AlreadyRegistered) for result in results) == 7


def test_an_id_is_never_given_again(store: UserStore, alice: int) -> None:
    assert store.delete_user(alice)
    assert not store.delete_user(alice)

    assert store.add_user(ALICE, None, "hash") > alice


def test_a_user_takes_everything_along(store: UserStore, alice: int) -> None:
    open_session(store, alice, "s")
    store.add_reset("r", alice, expires_at=NOW + 60, now=NOW)
    store.begin_totp(alice, "SECRET")
    store.activate_totp(alice, "SECRET", step=1, recovery=["c"], keep="s")

    store.delete_user(alice)

    assert not is_open(store, "s")
    assert store.find_reset("r", now=NOW) is None
    assert store.count_recovery_codes(alice) == 0


def test_a_hash_is_upgraded_only_if_it_is_still_the_old_one(store: UserStore, alice: int) -> None:
    epoch = get(store, alice).epoch

    assert store.upgrade_hash(alice, "hash 1", "hash 2")
    assert not store.upgrade_hash(alice, "hash 1", "hash 3")
    assert get(store, alice).password_hash == "hash 2"
    assert get(store, alice).epoch == epoch


def test_a_new_password_ends_all_but_one_session_and_every_reset(
    store: UserStore, alice: int
) -> None:
    bob = store.add_user(BOB, None, "hash")
    for name in ("here", "there"):
        open_session(store, alice, name)
    open_session(store, bob, "bobs")
    store.add_reset("r", alice, expires_at=NOW + 60, now=NOW)
    before = get(store, alice).epoch

    assert store.set_password(alice, "hash 2", epoch=before, keep="here")

    assert get(store, alice).password_hash == "hash 2"
    assert get(store, alice).epoch == before + 1
    assert [is_open(store, name) for name in ("here", "there", "bobs")] == [True, False, True]
    assert store.find_reset("r", now=NOW) is None


def test_a_password_that_was_changed_meanwhile_is_not_overwritten(
    store: UserStore, alice: int
) -> None:
    epoch = get(store, alice).epoch
    results = together(4, lambda n: store.set_password(alice, f"new {n}", epoch=epoch))

    assert sorted(results) == [False, False, False, True]
    assert get(store, alice).epoch == epoch + 1


def test_a_session_needs_the_epoch_in_which_the_password_was_checked(
    store: UserStore, alice: int
) -> None:
    epoch = get(store, alice).epoch
    store.set_password(alice, "hash 2", epoch=epoch)

    assert not store.add_session("late", alice, epoch=epoch, expires_at=NOW + 60, now=NOW)
    assert not is_open(store, "late")
    assert not store.add_session("x", alice + 9, epoch=1, expires_at=NOW + 60, now=NOW)


def test_no_session_outlives_a_change_that_ran_beside_it(store: UserStore, alice: int) -> None:
    epoch = get(store, alice).epoch

    def act(number: int) -> object:
        if number == 0:
            return store.end_sessions(alice)
        return store.add_session(f"s{number}", alice, epoch=epoch, expires_at=NOW + 60, now=NOW)

    results = together(6, act)

    assert not any(isinstance(result, Exception) for result in results), results
    assert not any(is_open(store, f"s{number}") for number in range(6))


def test_a_session_is_open_until_it_ends_or_expires(store: UserStore, alice: int) -> None:
    open_session(store, alice, "s")

    assert store.find_session("s", now=NOW + 59) == User(alice, "Alice@example.com", "Alice")
    assert not is_open(store, "s", NOW + 60)
    store.end_session("s")
    store.end_session("s")
    assert not is_open(store, "s")


def test_expired_sessions_are_swept_by_the_next(store: UserStore, alice: int) -> None:
    open_session(store, alice, "old", NOW + 1)

    store.add_session("new", alice, epoch=1, expires_at=NOW + 99, now=NOW + 1)

    assert not is_open(store, "old", 0)
    assert is_open(store, "new", 0)


def test_a_generation_is_left_once(store: UserStore, alice: int) -> None:
    open_session(store, alice, "s")

    results = together(8, lambda _: store.advance_session("s", 1))

    assert results.count(True) == 1
    assert not store.advance_session("s", 1)
    assert store.advance_session("s", 2)
    assert not store.advance_session("unknown", 1)


def test_all_sessions_of_one_user_end_together(store: UserStore, alice: int) -> None:
    bob = store.add_user(BOB, None, "hash")
    for user_id, name in ((alice, "a1"), (alice, "a2"), (bob, "b1")):
        open_session(store, user_id, name)

    assert store.end_sessions(alice) == 2
    assert [is_open(store, name) for name in ("a1", "a2", "b1")] == [False, False, True]


def test_a_reset_is_found_until_it_expires(store: UserStore, alice: int) -> None:
    store.add_reset("r", alice, expires_at=NOW + 60, now=NOW)

    assert store.find_reset("r", now=NOW + 59) == alice
    assert store.find_reset("r", now=NOW + 60) is None
    assert store.find_reset("unknown", now=NOW) is None


def test_a_reset_for_nobody_opens_nothing_and_takes_one_row(store: UserStore) -> None:
    for _ in range(3):
        store.add_reset("nobody", None, expires_at=NOW + 60, now=NOW)

    assert store.find_reset("nobody", now=NOW) is None
    assert not store.redeem_reset("nobody", "hash", now=NOW)


def test_resets_for_nobody_may_come_at_once(store: UserStore) -> None:
    results = together(8, lambda _: store.add_reset("nobody", None, expires_at=NOW + 60, now=NOW))

    assert results == [None] * 8


def test_one_of_a_crowd_redeems_a_reset(store: UserStore, alice: int) -> None:
    open_session(store, alice, "s")
    store.add_reset("r", alice, expires_at=NOW + 60, now=NOW)
    store.add_reset("second", alice, expires_at=NOW + 60, now=NOW)

    results = together(8, lambda n: store.redeem_reset("r", f"new {n}", now=NOW))

    assert sorted(results) == [False] * 7 + [True]
    assert get(store, alice).password_hash.startswith("new")
    assert get(store, alice).epoch == 2
    assert not is_open(store, "s")
    assert store.find_reset("second", now=NOW) is None


def test_two_resets_of_one_user_do_not_both_work(store: UserStore, alice: int) -> None:
    for name in ("r0", "r1"):
        store.add_reset(name, alice, expires_at=NOW + 60, now=NOW)

    results = together(2, lambda n: store.redeem_reset(f"r{n}", f"new {n}", now=NOW))

    assert sorted(results) == [False, True]


def test_an_expired_reset_changes_nothing(store: UserStore, alice: int) -> None:
    store.add_reset("r", alice, expires_at=NOW + 60, now=NOW)

    assert not store.redeem_reset("r", "new", now=NOW + 60)
    assert get(store, alice).password_hash == "hash 1"


def test_a_secret_waits_until_it_is_confirmed(store: UserStore, alice: int) -> None:
    assert store.begin_totp(alice, "FIRST")
    assert store.begin_totp(alice, "SECOND")
    assert get(store, alice).totp_pending == "SECOND"
    assert get(store, alice).totp_secret is None

    assert not store.activate_totp(alice, "FIRST", step=5, recovery=[])
    assert store.activate_totp(alice, "SECOND", step=5, recovery=["a", "b"])

    assert get(store, alice).totp_secret == "SECOND"
    assert get(store, alice).totp_pending is None
    assert not store.begin_totp(alice, "THIRD")
    assert store.count_recovery_codes(alice) == 2


def test_a_step_is_used_once_and_never_an_earlier_one(store: UserStore, alice: int) -> None:
    store.begin_totp(alice, "S")
    store.activate_totp(alice, "S", step=5, recovery=[])

    assert not store.use_totp_step(alice, 5)
    assert together(6, lambda _: store.use_totp_step(alice, 6)).count(True) == 1
    assert not store.use_totp_step(alice, 4)


def test_a_recovery_code_is_used_once(store: UserStore, alice: int) -> None:
    bob = store.add_user(BOB, None, "hash")
    store.begin_totp(alice, "S")
    store.activate_totp(alice, "S", step=5, recovery=["a", "b"])

    assert not store.use_recovery_code(bob, "a")
    assert together(6, lambda _: store.use_recovery_code(alice, "a")).count(True) == 1
    assert store.count_recovery_codes(alice) == 1


def test_recovery_codes_are_replaced_all_at_once(store: UserStore, alice: int) -> None:
    assert not store.replace_recovery_codes(alice, ["x"]), "there is no second factor"
    store.begin_totp(alice, "S")
    store.activate_totp(alice, "S", step=5, recovery=["a", "b"])

    assert store.replace_recovery_codes(alice, ["c"])

    assert not store.use_recovery_code(alice, "a")
    assert store.use_recovery_code(alice, "c")


def test_a_second_factor_goes_with_its_codes_and_sessions(store: UserStore, alice: int) -> None:
    assert not store.clear_totp(alice)
    store.begin_totp(alice, "S")
    store.activate_totp(alice, "S", step=5, recovery=["a"])
    for name in ("here", "there"):
        open_session(store, alice, name)

    assert store.clear_totp(alice, keep="here")

    assert get(store, alice).totp_secret is None
    assert store.count_recovery_codes(alice) == 0
    assert [is_open(store, name) for name in ("here", "there")] == [True, False]
    assert store.begin_totp(alice, "NEW")
