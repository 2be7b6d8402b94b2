"""Project 15: the block, verbatim, run by pytest and by the runner of our own.

The block leaves names open: `create_app`, `list_users`, `app.database`.  A module ``app`` beside it
brings them.  Both runners get the same two files, and `TestClient` and `patch` are the package's.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = """\
# Unit test for router
def test_router_static_match():
    router = Router()
    router.add("/users", list_users)

    match = router.match("/users")
    assert match["handler"] == list_users
    assert match["params"] == {}

def test_router_dynamic_match():
    router = Router()
    router.add("/users/:id", get_user)

    match = router.match("/users/42")
    assert match["params"]["id"] == "42"

# Integration test
@pytest.fixture
def client():
    app = create_app()
    return TestClient(app)

def test_login_flow(client):
    # Register
    response = client.post("/register", data={
        "username": "alice",
        "email": "alice@example.com",
        "password": "SecurePass123!"
    })
    assert response.status == 200

    # Login
    response = client.post("/login", data={
        "username": "alice",
        "password": "SecurePass123!"
    })
    assert response.status == 200
    token = response.json["token"]

    # Access protected route
    response = client.get("/profile", headers={"Authorization": f"Bearer {token}"})
    assert response.status == 200
    assert response.json["username"] == "alice"

# Test with mocking
@patch("app.database.query")
def test_get_user_not_found(mock_query):
    mock_query.return_value = None

    client = TestClient(app)
    response = client.get("/users/999")

    assert response.status == 404
    mock_query.assert_called_once_with("SELECT * FROM users WHERE id = ?", 999)
"""

HEAD = """\
import pytest
from app import app, create_app, get_user, list_users
from groundup_router import Router
from groundup_testing import TestClient, patch


"""

APP = '''\
"""The application that the block tests."""

from groundup import Application, NotFoundError, Response
from groundup_auth import AuthenticationSystem


class Database:
    def query(self, sql, *parameters):
        raise AssertionError("the test patches this")


database = Database()


def list_users(request):
    return Response(200, "users")


def get_user(request):
    number = int(request.params["id"])
    if database.query("SELECT * FROM users WHERE id = ?", number) is None:
        raise NotFoundError("User")
    return Response(200, "a user")


def create_app():
    auth, names = AuthenticationSystem(), {}
    app = Application()
    app.on_shutdown(auth.close)
    app.get("/users/:id")(get_user)

    @app.post("/register")
    def register(request):
        form = request.form
        name = form["username"]
        names[auth.register(form["email"], form["password"], username=name)] = name
        return Response(200, "welcome")

    @app.post("/login")
    def login(request):
        form = request.form
        token = auth.login(form["username"], form["password"])
        return Response(200, f'{{"token": "{token}"}}', {"Content-Type": "application/json"})

    @app.get("/profile")
    def profile(request):
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user = auth.verify_token(token)
        if user is None:
            return Response(401, "Unauthorized")
        name = names[user]
        return Response(200, f'{{"username": "{name}"}}', {"Content-Type": "application/json"})

    return app


app = create_app()
'''
TESTS = (
    "test_router_static_match",
    "test_router_dynamic_match",
    "test_login_flow",
    "test_get_user_not_found",
)


RUNNERS = {
    "pytest": ["pytest", "-p", "no:cacheprovider", "-W", "error"],
    "groundup-test": ["groundup_testing"],
}


def run(runner: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the block needs no plugin
    }
    return subprocess.run(
        [sys.executable, "-m", *RUNNERS[runner], "test_router.py", "-v"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "test_router.py").write_text(HEAD + BLOCK)
    return tmp_path


@pytest.mark.parametrize("runner", RUNNERS)
def test_block(runner: str, folder: Path) -> None:
    done = run(runner, folder)

    assert done.returncode == 0, done.stdout + done.stderr
    for name in TESTS:
        assert re.search(rf"^test_router\.py::{name} PASSED", done.stdout, re.MULTILINE)
    assert re.search(r"\b4 passed in ", done.stdout)


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_broken_application_fails_the_block(runner: str, folder: Path) -> None:
    broken = APP.replace("SELECT * FROM users WHERE id = ?", "SELECT * FROM users")
    (folder / "app.py").write_text(broken)

    done = run(runner, folder)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "query must have been called with ('SELECT * FROM users WHERE id = ?'" in done.stdout
