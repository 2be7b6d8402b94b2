"""groundup_sessions.files: what is its own; the contract it shares is in test_store."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundup_sessions import FileStore, SessionBackendError, SessionManager

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")

WRITER = """
import sys
from groundup_sessions import SessionManager
sessions = SessionManager("file", directory=sys.argv[1])
sys.stdin.readline()
for number in range(25):
    sessions.set(sys.argv[2], f"{sys.argv[3]} {number}", number)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sessions"


@pytest.fixture
def sessions(folder: Path) -> SessionManager:
    return SessionManager("file", directory=folder)


def find_file(folder: Path) -> Path:
    (found,) = folder.glob("??/*.json")
    return found


def test_sessions_survive_a_restart(folder: Path, sessions: SessionManager) -> None:
    session_id = sessions.create({"user_id": 42})
    sessions.close()

    assert SessionManager("file", directory=folder).get(session_id, "user_id") == 42


def test_processes_that_change_different_values_all_keep_them(
    folder: Path, sessions: SessionManager
) -> None:
    session_id = sessions.create()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), session_id, str(number)],
            stdin=subprocess.PIPE,
        )
        for number in range(3)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.close()

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = sessions.load(session_id)
    assert found is not None
    assert len(found) == 75


def test_no_name_of_a_file_is_an_id(folder: Path, sessions: SessionManager) -> None:
    session_id = sessions.create({"user_id": 42})

    path = find_file(folder)

    assert session_id not in str(path)
    assert session_id not in path.read_text()
    assert not sessions.exists(path.parent.name + path.stem)


@posix
def test_everything_is_for_its_owner_alone(folder: Path, sessions: SessionManager) -> None:
    old = os.umask(0)
    try:
        sessions.set(sessions.create(), "a", 1)
    finally:
        os.umask(old)

    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


@posix
@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_a_folder_that_others_can_write_to_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)

    with pytest.raises(SessionBackendError, match="chmod 700"):
        FileStore(folder)


@posix
def test_a_folder_that_others_can_read_is_accepted(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)

    FileStore(folder).close()


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SessionBackendError, match="sessions must be kept in") as caught:
        SessionManager("file", directory=tmp_path / "file")
    assert caught.value.status == 503


def test_a_folder_that_went_away_is_an_error_and_not_an_empty_session(
    folder: Path, sessions: SessionManager
) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("something else")

    with pytest.raises(SessionBackendError):
        sessions.create()
    with pytest.raises(SessionBackendError):
        sessions.get("x" * 43, "user_id")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"expires_at": 1}', b'{"expires_at": "x", "texts": {}}',
     b'{"expires_at": 1e12, "texts": []}', b"\xff\xfe", b"[" * 100_000, b"\0" * 50],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_no_session_is_a_dead_session(
    folder: Path, sessions: SessionManager, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    session_id = sessions.create({"user_id": 42})
    path = find_file(folder)
    path.write_bytes(content)

    assert sessions.load(session_id) is None
    assert not sessions.exists(session_id)
    assert path.name in caplog.text
    assert sessions.purge() == 1
    assert not path.exists()


def test_a_change_that_fails_leaves_the_old_file_and_nothing_else(
    folder: Path, sessions: SessionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = sessions.create({"user_id": 42})

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("groundup_sessions.files.replace", fail)
    with pytest.raises(SessionBackendError, match="No space left"):
        sessions.set(session_id, "user_id", 7)

    assert sessions.get(session_id, "user_id") == 42
    assert list(folder.glob("??/*.new")) == []


def test_a_new_file_that_was_abandoned_is_removed(folder: Path, sessions: SessionManager) -> None:
    sessions.create()
    shard = find_file(folder).parent
    old, young = shard / "a.new", shard / "b.new"
    old.write_text("")
    young.write_text("")
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))

    assert sessions.purge() == 0

    assert (old.exists(), young.exists()) == (False, True)


def test_the_program_may_go_to_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sessions = SessionManager("file")
    session_id = sessions.create({"user_id": 42})
    (tmp_path / "elsewhere").mkdir()

    monkeypatch.chdir(tmp_path / "elsewhere")

    assert sessions.get(session_id, "user_id") == 42
    assert (tmp_path / ".sessions").is_dir()


def test_a_durable_store_keeps_the_same_file(folder: Path) -> None:
    store = FileStore(folder, durable=True)
    session_id = SessionManager(store).create({"user_id": 42})

    assert json.loads(find_file(folder).read_text())["texts"] == {"user_id": "42"}
    assert SessionManager("file", directory=folder).get(session_id, "user_id") == 42
