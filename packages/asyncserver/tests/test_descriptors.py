"""groundup_asyncserver.descriptors: enough for the connections, never less than before."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")

PROGRAM = """
import resource, sys
from groundup_asyncserver.descriptors import raise_limit
soft, hard, connections = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
raise_limit(connections)
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "connections", "expected"),
    [
        pytest.param(64, 900, 100, 612, id="raised"),
        pytest.param(64, 128, 100, 128, id="as-far-as-allowed"),
        pytest.param(800, 900, 100, 800, id="enough-already"),
        pytest.param(612, 900, 100, 612, id="just-enough"),
    ],
)
def test_the_soft_limit_follows_the_connections(
    soft: int, hard: int, connections: int, expected: int
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(soft), str(hard), str(connections)]

    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert answer == f"{expected} {hard}\n"
