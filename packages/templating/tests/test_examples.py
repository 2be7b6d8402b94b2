"""The programs in ``examples`` run, and print what they promise."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_page_of_users() -> None:
    command = [sys.executable, str(EXAMPLES / "users.py")]

    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        == """\
<h1>Users</h1>
<ul>
  <li>Alice (alice@example.com)</li>
  <li>Bob (bob@example.com)</li>
</ul>
<p>Admin panel: <a href="/admin">Click here</a></p>
"""
    )
