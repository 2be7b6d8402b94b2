"""Project 4: the block, verbatim; what it prints are the bytes on the wire."""

import ast
from collections.abc import Callable
from typing import Any

from groundup_response import Response

BLOCK = """\
response = Response(200, "OK")
response.set_header("Content-Type", "application/json")
response.set_body('{"status": "success"}')

print(response.serialize())
# Output:
# HTTP/1.1 200 OK\\r\\n
# Content-Type: application/json\\r\\n
# Content-Length: 21\\r\\n
# \\r\\n
# {"status": "success"}
"""


def test_block(run_block: Callable[..., tuple[dict[str, Any], str]]) -> None:
    _, printed = run_block(BLOCK, Response=Response)

    promised = "".join(
        line.removeprefix("# ").replace("\\r\\n", "\r\n")
        for line in BLOCK.partition("# Output:\n")[2].splitlines()
    )
    assert ast.literal_eval(printed) == promised.encode()
