"""Project 8: the block, verbatim, on each of the three backends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_response import Response
from groundup_sessions import SessionManager

BLOCK = """\
session_manager = SessionManager(backend="redis")

# Create session
session_id = session_manager.create()
response.set_cookie("session", session_id)

# Store data
session_manager.set(session_id, "user_id", 42)
session_manager.set(session_id, "username", "alice")

# Retrieve data
user_id = session_manager.get(session_id, "user_id")
print(user_id)  # 42

# Expiration
session_manager.expire(session_id)

# Check if exists
if session_manager.exists(session_id):
    # Still valid
    print("still valid")
"""


@pytest.mark.parametrize("backend", ["memory", "file", "redis"])
def test_block(
    backend: str,
    run_block: Callable[..., tuple[dict[str, Any], str]],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if backend == "redis":
        monkeypatch.setenv("REDIS_URL", request.getfixturevalue("redis_url"))
    monkeypatch.chdir(tmp_path)
    response = Response()

    names, printed = run_block(
        BLOCK.replace("redis", backend), SessionManager=SessionManager, response=response
    )

    assert printed == "42\n"
    assert f"session={names['session_id']}" in response.headers["Set-Cookie"]
    names["session_manager"].close()
