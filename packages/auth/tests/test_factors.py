"""groundup_auth.factors: codes that work once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundup_auth import (
    Account,
    Identifier,
    InvalidCode,
    SecondFactorError,
    SQLiteStore,
    UserStore,
    totp_code,
)
from groundup_auth.factors import Factors, digest, generate_recovery_codes
from groundup_auth.totp import STEP


@pytest.fixture
def store() -> Iterator[SQLiteStore]:
    """One store: that all of them keep the contract is shown in test_sql."""
    with SQLiteStore() as store:
        yield store


@pytest.fixture
def factors(store: UserStore, clock: Callable[[], float]) -> Factors:
    return Factors(store, "The Site", clock=clock)


@pytest.fixture
def account(store: UserStore) -> Callable[[], Account]:
    """Return the account as it stands in the store now."""
    user_id = store.add_user(Identifier("a@example.com", "a@example.com"), None, "hash")

    def get() -> Account:
        found = store.find_account(user_id)
        assert found is not None
        return found

    return get


@pytest.fixture
def now_code(clock: Callable[[], float]) -> Callable[[str], str]:
    return lambda secret: totp_code(secret, int(clock()) // STEP)


@pytest.fixture
def enrolled(
    factors: Factors, account: Callable[[], Account], now_code: Callable[[str], str]
) -> tuple[str, tuple[str, ...]]:
    """The secret and the recovery codes of an account with a second factor."""
    enrolment = factors.begin(account())
    return enrolment.secret, factors.confirm(account(), now_code(enrolment.secret))


def test_nothing_changes_until_a_code_confirms(
    factors: Factors, account: Callable[[], Account], now_code: Callable[[str], str]
) -> None:
    enrolment = factors.begin(account())
    assert account().totp_secret is None
    assert "The%20Site" in enrolment.uri
    assert enrolment.secret not in repr(enrolment)

    wrong = "000000" if now_code(enrolment.secret) != "000000" else "111111"
    with pytest.raises(InvalidCode):
        factors.confirm(account(), wrong)
    assert account().totp_secret is None

    codes = factors.confirm(account(), now_code(enrolment.secret))
    assert account().totp_secret == enrolment.secret
    assert len(set(codes)) == 10


def test_a_second_factor_is_confirmed_after_it_is_enabled_and_enabled_once(
    factors: Factors,
    account: Callable[[], Account],
    enrolled: tuple[str, tuple[str, ...]],
) -> None:
    with pytest.raises(SecondFactorError, match="must be enabled before"):
        factors.confirm(account(), "123456")
    with pytest.raises(SecondFactorError, match="disable it first"):
        factors.begin(account())


def test_a_secret_that_was_replaced_meanwhile_is_not_confirmed(
    factors: Factors, account: Callable[[], Account], now_code: Callable[[str], str]
) -> None:
    first = factors.begin(account())
    seen = account()
    factors.begin(account())

    with pytest.raises(SecondFactorError, match="changed meanwhile"):
        factors.confirm(seen, now_code(first.secret))


def test_the_code_that_confirmed_is_used_up(
    factors: Factors,
    account: Callable[[], Account],
    enrolled: tuple[str, tuple[str, ...]],
    now_code: Callable[[str], str],
    wait: Callable[[float], None],
) -> None:
    with pytest.raises(InvalidCode):
        factors.check(account(), now_code(enrolled[0]))

    wait(STEP)

    factors.check(account(), now_code(enrolled[0]))
    with pytest.raises(InvalidCode):
        factors.check(account(), now_code(enrolled[0]))


def test_no_step_works_after_a_later_one(
    factors: Factors,
    account: Callable[[], Account],
    enrolled: tuple[str, tuple[str, ...]],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> None:
    wait(10 * STEP)
    step = int(clock()) // STEP
    factors.check(account(), totp_code(enrolled[0], step + 1))

    for earlier in (step - 1, step, step + 1):
        with pytest.raises(InvalidCode):
            factors.check(account(), totp_code(enrolled[0], earlier))


def test_of_a_crowd_with_one_code_one_gets_in(
    factors: Factors,
    account: Callable[[], Account],
    enrolled: tuple[str, tuple[str, ...]],
    now_code: Callable[[str], str],
    wait: Callable[[float], None],
) -> None:
    wait(STEP)

    def enter(code: str) -> bool:
        try:
            factors.check(account(), code)
        except InvalidCode:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(enter, [now_code(enrolled[0])] * 6)) == 1
        assert sum(pool.map(enter, [enrolled[1][3]] * 6)) == 1


def test_each_recovery_code_works_once_however_it_is_typed(
    factors: Factors,
    account: Callable[[], Account],
    enrolled: tuple[str, tuple[str, ...]],
    store: UserStore,
) -> None:
    codes = enrolled[1]

    factors.check(account(), codes[0])
    factors.check(account(), f" {codes[1].upper()} ")
    factors.check(account(), codes[2].replace("-", ""))

    assert store.count_recovery_codes(account().user.id) == 7
    for code in codes[:3]:
        with pytest.raises(InvalidCode):
            factors.check(account(), code)


def test_new_codes_make_the_old_ones_void(
    factors: Factors, account: Callable[[], Account], enrolled: tuple[str, tuple[str, ...]]
) -> None:
    renewed = factors.renew(account())

    with pytest.raises(InvalidCode):
        factors.check(account(), enrolled[1][0])
    factors.check(account(), renewed[0])


def test_a_factor_that_is_not_there_is_neither_renewed_nor_removed(
    factors: Factors, account: Callable[[], Account]
) -> None:
    for act in (factors.renew, factors.remove):
        with pytest.raises(SecondFactorError, match="not active"):
            act(account())


def test_a_factor_can_be_removed_and_begun_anew(
    factors: Factors, account: Callable[[], Account], enrolled: tuple[str, tuple[str, ...]]
) -> None:
    factors.remove(account())

    assert account().totp_secret is None
    assert factors.begin(account()).secret != enrolled[0]


def test_recovery_codes_are_of_one_shape_and_never_the_same() -> None:
    codes = generate_recovery_codes() + generate_recovery_codes()

    assert len(set(codes)) == 20
    assert all(len(code) == 19 and code.count("-") == 3 for code in codes)


@pytest.mark.parametrize("code", ["", "\ud800", "-" * 10_000_000, "\ufdfa" * 64], ids=range(4))
def test_whatever_is_typed_has_a_digest(code: str) -> None:
    assert len(digest(code)) == 64


def test_a_qr_code_is_drawn_from_the_uri(factors: Factors, account: Callable[[], Account]) -> None:
    pytest.importorskip("segno")

    assert factors.begin(account()).qr_svg().startswith("<svg")
