"""groundup_auth.sqlite: a file that outlives its process, for its owner alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundup_auth import AlreadyRegistered, Identifier, SQLiteStore

ALICE = Identifier("Alice@example.com", "alice@example.com")
RACE = """
import sys
from groundup_auth import AlreadyRegistered, Identifier, SQLiteStore
sys.stdin.readline()
with SQLiteStore(sys.argv[1]) as store:
    for number in range(20):
        try:
            store.add_user(Identifier(f"{number}@x.example", f"{number}@x.example"), None, "hash")
            print(number)
        except AlreadyRegistered:
            pass
"""


def test_users_are_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    with SQLiteStore(path) as store:
        user_id = store.add_user(ALICE, None, "hash")

    with SQLiteStore(str(path)) as store:
        found = store.find_account(user_id)

    assert found is not None
    assert found.user.email == "Alice@example.com"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with SQLiteStore(tmp_path / "users.db") as store:
        store.add_user(ALICE, None, "hash")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes["users.db"] == 0o600
    assert set(modes.values()) == {0o600}, modes


def test_many_processes_share_a_file_from_its_first_moment(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path / "users.db")]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()

    outputs = [racer.communicate(timeout=60)[0] for racer in racers]

    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(int(line) for output in outputs for line in output.split()) == list(range(20))


def test_closing_twice_does_no_harm() -> None:
    store = SQLiteStore()

    store.close()
    store.close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        SQLiteStore(tmp_path / "absent" / "users.db")


def test_a_store_in_memory_is_its_own() -> None:
    with SQLiteStore() as one, SQLiteStore() as other:
        one.add_user(ALICE, None, "hash")
        with pytest.raises(AlreadyRegistered):
            one.add_user(ALICE, None, "hash")

        assert other.find_by_email("alice@example.com") is None
