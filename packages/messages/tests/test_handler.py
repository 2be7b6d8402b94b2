"""groundup_messages.handler: the type that everything composes."""

from inspect import isawaitable

from groundup_messages import Handler, Request, Response


async def test_plain_and_async_functions_are_handlers() -> None:
    def plain(request: Request) -> Response:
        return Response(200, request.path)

    async def waiting(request: Request) -> Response:
        return Response(200, request.path)

    handlers: list[Handler] = [plain, waiting]
    for handler in handlers:
        answer = handler(Request("GET", "/a"))
        response = await answer if isawaitable(answer) else answer
        assert response.text == "/a"
