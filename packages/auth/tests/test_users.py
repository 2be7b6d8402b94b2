"""groundup_auth.users: what a template or a log may show, and what never."""

import dataclasses

import pytest

from groundup_auth import Account, User

ALICE = User(1, "alice@example.com", "alice")
ACCOUNT = Account(ALICE, 1, "the hash", "THE SECRET", "THE PENDING")


def test_an_account_shows_no_secret() -> None:
    assert "the hash" not in repr(ACCOUNT)
    assert "THE" not in repr(ACCOUNT)


def test_a_user_holds_no_secret() -> None:
    assert {field.name for field in dataclasses.fields(User)} == {"id", "email", "username"}


def test_a_user_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(ALICE, "id", 2)  # noqa: B010 - the type checkers would refuse the plain way


def test_two_looks_at_a_user_are_equal() -> None:
    assert User(1, "alice@example.com", "alice") == ALICE
