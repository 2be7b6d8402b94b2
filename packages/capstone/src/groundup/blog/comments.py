"""Take comments, and tell everybody who is looking, at once.

POST /comments ──► stored ──► rooms ──► each open WebSocket ──► the page adds it

/notifications              every new comment; ``?post=ID`` only those of one post
/notifications/:user_id     those on a user's own posts, for that user alone
"""

from collections.abc import Awaitable, Callable
from typing import Any

from groundup.application import Application
from groundup.blog import posts
from groundup.blog.access import read_values, wants_page
from groundup.blog.pages import number_of
from groundup_compose import Buckets, rate_limit
from groundup_errors import ForbiddenError, UnauthorizedError, ValidationError
from groundup_messages import Request, Response
from groundup_orm import Database

__all__ = ["CommentPages"]

RATE = "60/minute"  # for each address
EVERYTHING = "comments"


async def own_only(request: Request, next: Callable[[], Awaitable[Response]]) -> Response:
    """Refuse the notifications of somebody else."""
    if request.user is None:
        raise UnauthorizedError("log in first")
    if request.params["user_id"] != str(request.user.id):
        raise ForbiddenError("notifications are for their user only")
    return await next()


class CommentPages:
    """The handlers of comments and notifications."""

    def __init__(
        self, app: Application, database: Database, buckets: Buckets | None = None
    ) -> None:
        self._app = app
        self._buckets = buckets
        self._database = database

    def add_routes(self) -> None:
        """Register the handlers."""
        app, careful = self._app, [rate_limit(RATE, store=self._buckets, name="comments")]
        app.post("/comments", name="comment", middleware=careful)(self.comment)
        app.websocket("/notifications", name="notifications")(self.notifications)
        app.websocket("/notifications/:user_id", name="own_notifications", middleware=[own_only])(
            self.own_notifications
        )

    def comment(self, request: Request) -> Response:
        """Store a comment and announce it.  Blocking: it runs in a worker thread."""
        values, user = read_values(request), request.user
        post_id = number_of(values.get("post_id"))
        if post_id is None:
            raise ValidationError(
                f"post_id must be a number, got {values.get('post_id', '')[:40]!r}"
            )
        author = None if user is None else posts.show_author(user)
        name = values.get("name") if author is None else author["name"]
        added, post = posts.add_comment(
            self._database,
            post_id,
            None if author is None else author["id"],
            name,
            values.get("text"),
        )
        self._announce(added, post)
        if wants_page(request):
            return Response.redirect(f"{post['url']}#comment-{added['id']}")
        return Response.json(added, status=201, headers={"Location": f"{post['url']}#comments"})

    async def notifications(self, ws: Any, request: Request) -> None:
        """Send every new comment, or those of one post."""
        post = number_of(request.query.get("post"))
        await self._listen(ws, EVERYTHING if post is None else f"post-{post}")

    async def own_notifications(self, ws: Any, request: Request) -> None:
        """Send every new comment on a post of the user."""
        await self._listen(ws, f"author-{request.user.id}")

    def _announce(self, added: dict[str, Any], post: dict[str, Any]) -> None:
        about = {name: post[name] for name in ("id", "title", "url")}
        event = {"type": "comment", "post": about, "comment": added}
        for room in (EVERYTHING, f"post-{post['id']}", f"author-{post['author']['id']}"):
            self._app.rooms.get_or_create(room).publish(event)

    async def _listen(self, ws: Any, name: str) -> None:
        room = self._app.rooms.get_or_create(name)
        room.subscribe(ws)
        try:
            async for _ in ws:  # nothing is expected; this ends when the client leaves
                pass
        finally:
            room.unsubscribe(ws)
