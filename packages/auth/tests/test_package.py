"""groundup_auth: what it costs to import it, as everybody pays for it at every start."""

import subprocess
import sys

import groundup_auth

SLOW = (
    *("asyncio", "cryptography", "email.message", "importlib.resources", "jwt"),
    *("redis", "segno", "smtplib"),
)

PROGRAM = f"""
import sys
from groundup_auth import AuthenticationSystem, AuthSettings

def loaded():
    return [name for name in {SLOW!r} if name in sys.modules]

print(loaded())
with AuthenticationSystem(settings=AuthSettings(bcrypt_cost=4)) as auth:
    print(loaded())
    auth.register("alice@example.com", "SecurePass123!")
    print(loaded())
    auth.login("alice@example.com", "SecurePass123!")
    print(loaded())
"""


def test_what_passwords_tokens_and_mails_need_comes_with_the_first_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    imported, made, registered, logged_in = done.stdout.splitlines()
    assert imported == made == "[]"
    assert registered == "['importlib.resources']"  # the list of common passwords
    assert "jwt" in logged_in
    assert "smtplib" not in logged_in


def test_every_name_is_there() -> None:
    assert all(hasattr(groundup_auth, name) for name in groundup_auth.__all__)
    assert set(groundup_auth.__all__) <= set(dir(groundup_auth))
