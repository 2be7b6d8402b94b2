"""groundup_sessions: what it costs to import it, as everybody pays for it at every start."""

import subprocess
import sys

PROGRAM = """
import sys
from groundup_sessions import SessionManager

manager = SessionManager()
manager.set(manager.create(), "name", "Ada")
print([name for name in ("asyncio", "redis", "tempfile") if name in sys.modules])
"""


def test_a_program_without_a_loop_or_redis_waits_for_neither() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
