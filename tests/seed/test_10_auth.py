"""Project 10: the block, verbatim but for the token that the e-mail brings."""

import re
from collections.abc import Callable
from typing import Any

from groundup import Application, Response
from groundup_auth import AuthenticationSystem, MemoryMailer
from groundup_testing import TestClient

BLOCK = """\
# Register user
auth.register("alice@example.com", "SecurePass123!")
# Returns: user_id

# Login
token = auth.login("alice@example.com", "SecurePass123!")
# Returns: JWT token

# Verify token
user_id = auth.verify_token(token)
# Returns: 42

# Protected route
@app.route("/profile", "GET")
def profile(request):
    token = request.headers.get("Authorization").replace("Bearer ", "")
    user_id = auth.verify_token(token)
    if not user_id:
        return Response(401, "Unauthorized")

    return Response(200, f"Profile for user {user_id}")

# Reset password
auth.request_reset("alice@example.com")
# Sends email with reset token
"""

RESET = """\
auth.reset_password(reset_token, "NewPassword123!")
"""


def test_the_first_line_of_the_block() -> None:
    auth = AuthenticationSystem()

    assert auth.register("alice@example.com", "SecurePass123!") > 0
    auth.close()


def test_block(run_block: Callable[..., tuple[dict[str, Any], str]]) -> None:
    outbox = MemoryMailer()
    auth = AuthenticationSystem(mailer=outbox)
    app = Application()

    names, _ = run_block(BLOCK, auth=auth, app=app, Response=Response)

    assert isinstance(names["user_id"], int)
    assert names["token"].count(".") == 2
    with TestClient(app) as client:
        bearer = {"Authorization": f"Bearer {names['token']}"}
        welcome = client.get("/profile", headers=bearer)
        assert (welcome.status, welcome.text) == (200, f"Profile for user {names['user_id']}")
        refused = client.get("/profile", headers={"Authorization": "Bearer wrong"})
        assert refused.status == 401
    found = re.search(r"[A-Za-z0-9_-]{32,}", outbox.messages[-1].body)
    assert found is not None
    run_block(RESET, auth=auth, reset_token=found[0])
    assert auth.verify_token(auth.login("alice@example.com", "NewPassword123!"))
    assert auth.verify_token(names["token"]) is None, "a reset ends what was logged in"
    auth.close()
