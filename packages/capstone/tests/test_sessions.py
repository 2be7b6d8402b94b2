"""groundup.sessions: a learner's session manager carries the blog."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from groundup.blog import create_app
from groundup.config import Config
from groundup.sessions import AdaptedSessions, for_requests
from groundup_auth import AuthSettings
from groundup_sessions import SessionManager, UnknownSession
from groundup_testing import TestClient


class Plain:
    """Step 4 of chapter 8: a dict of dicts."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def create(self) -> str:
        session_id = secrets.token_hex(16)
        self.kept[session_id] = {}
        return session_id

    def get(self, session_id: str, key: str, default: Any = None) -> Any:
        return self.kept.get(session_id, {}).get(key, default)

    def set(self, session_id: str, key: str, value: Any) -> None:
        self.kept[session_id][key] = value

    def delete(self, session_id: str, key: str) -> None:
        self.kept[session_id].pop(key, None)

    def expire(self, session_id: str) -> None:
        self.kept.pop(session_id, None)

    def exists(self, session_id: str) -> bool:
        return session_id in self.kept


def test_a_whole_manager_is_left_as_it_is() -> None:
    manager = SessionManager()

    assert for_requests(manager) is manager
    assert isinstance(for_requests(Plain()), AdaptedSessions)


def test_values_are_kept_changed_and_removed() -> None:
    plain = Plain()
    sessions = AdaptedSessions(plain)
    session = sessions.open(None)
    session["a"], session["b"] = 1, [1]
    session_id = sessions.commit(session)

    again = sessions.open(session_id)
    again["b"].append(2)
    del again["a"]
    sessions.commit(again)

    assert session_id is not None
    assert dict(sessions.open(session_id)) == {"b": [1, 2]}
    assert plain.get(session_id, "b") == [1, 2]
    assert plain.get(session_id, "a") is None


def test_who_only_looks_gets_no_session() -> None:
    plain = Plain()
    sessions = AdaptedSessions(plain)
    session = sessions.open("never seen")

    assert session.get("a") is None
    assert sessions.commit(session) is None
    assert plain.kept == {}


def test_another_id_keeps_the_values_and_ends_the_old_one() -> None:
    plain = Plain()
    sessions = AdaptedSessions(plain)
    session = sessions.open(None)
    session["a"], session["gone"] = 1, 2
    old = sessions.commit(session)
    session = sessions.open(old)

    session.rotate()
    session["b"] = 2
    del session["gone"]
    new = sessions.commit(session)

    assert new != old
    assert list(plain.kept) == [new]
    assert dict(sessions.open(new)) == {"a": 1, "b": 2}


def test_a_log_out_ends_it_and_what_was_ended_stays_so() -> None:
    plain = Plain()
    sessions = AdaptedSessions(plain)
    session = sessions.open(None)
    session["a"] = 1
    session_id = sessions.commit(session)
    other_tab = sessions.open(session_id)

    session = sessions.open(session_id)
    session.invalidate()
    assert sessions.commit(session) is None

    other_tab["a"] = 2
    with pytest.raises(UnknownSession):
        sessions.commit(other_tab)
    assert plain.kept == {}


def test_people_use_the_blog_on_it(tmp_path: Path) -> None:
    plain = Plain()
    cheap = AuthSettings(bcrypt_cost=4)
    app = create_app(Config(data=str(tmp_path)), auth_settings=cheap, sessions=plain)
    form = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}
    page = {"Accept": "text/html"}

    with TestClient(app, follow_redirects=False) as client:
        assert client.post("/register", data=form, headers=page).status == 303
        before = client.cookies["session"]
        assert "Welcome, ada!" in client.get("/", headers=page).text
        assert client.get("/profile", headers=page).status == 200
        assert client.post("/logout", headers=page).status == 403  # a form without its token
        token = client.get("/", headers=page).text.partition('csrf_token" value="')[2][:86]
        data = {"csrf_token": token}
        assert client.post("/logout", data=data, headers=page).status == 303
        assert client.get("/profile", headers=page).status == 303
        assert before not in plain.kept
