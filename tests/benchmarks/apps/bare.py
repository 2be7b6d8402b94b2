"""One handler without the framework: what the server itself costs."""

import sys

from tests.benchmarks.content import ECHOED, HELLO, MESSAGE

from groundup_asyncserver import serve
from groundup_messages import Request, Response, use_json_encoder
from groundup_messages.content import make_encode

use_json_encoder(make_encode())  # the standard library's, as the peers', also where orjson is


async def answer(request: Request) -> Response:
    """Answer the first three cases."""
    if request.path == "/":
        return Response(200, HELLO)
    if request.path == "/json":
        return Response.json(MESSAGE)
    found = {name: request.headers.get(name) for name in ECHOED}
    return Response.json({"id": request.path[7:], "q": request.query.get("q"), **found})


if __name__ == "__main__":
    serve(answer, port=int(sys.argv[1]))
