"""Show posts to people and programs, and take what their authors write."""

from pathlib import Path
from typing import Any

from groundup.application import Application
from groundup.blog import posts
from groundup.blog.access import read_values, sign_in_first, wants_page
from groundup.blog.pictures import remove_picture, save_picture
from groundup_errors import ForbiddenError, NotFoundError, ValidationError
from groundup_messages import Request, Response
from groundup_orm import Database
from groundup_sessions import csrf_token

__all__ = ["PostPages", "number_of", "render"]

MAX_DIGITS = 18  # of a number that every database can hold


def render(
    app: Application, request: Request, name: str, status: int = 200, **context: Any
) -> Response:
    """Return a page with what every page has: who is logged in, notes to show, the form token."""
    session = request.session
    shared = {
        "user": request.user,
        "flashes": session.flashes(),
        # Without a session there is nothing that a forged form could use.
        "csrf": "" if session.new else csrf_token(session),
        "path": request.path,
    }
    return app.render(name, {**shared, **context}, status=status)


def number_of(text: str | None) -> int | None:
    """Return the number that a text is, or None: ids and pages come from strangers.

    >>> number_of("42"), number_of("-1"), number_of("٤"), number_of("9" * 19)
    (42, None, None, None)
    """
    if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
        return int(text)
    return None


class PostPages:
    """The handlers of posts.  Blocking: each runs in a worker thread."""

    def __init__(self, app: Application, database: Database, uploads: Path) -> None:
        self._app = app
        self._database = database
        self._uploads = uploads

    def add_routes(self) -> None:
        """Register the handlers."""
        app = self._app
        app.get("/", name="home")(self.home)
        app.get("/posts/new", name="new_post")(sign_in_first(self.new))
        app.get("/posts/:slug", name="post")(self.show)
        app.post("/posts", name="create_post")(sign_in_first(self.create))
        app.put("/posts/:id", name="edit_post")(sign_in_first(self.edit))
        app.delete("/posts/:id", name="delete_post")(sign_in_first(self.delete))
        # A browser's form can only GET and POST, so people have addresses of their own for these.
        app.route("/posts/:slug/edit", "GET", "POST", name="edit_page")(
            sign_in_first(self.edit_page)
        )
        app.post("/posts/:slug/delete", name="delete_page")(sign_in_first(self.delete_page))

    def home(self, request: Request) -> Response:
        """List the posts, newest first, a page at a time."""
        page = number_of(request.query.get("page") or "1")
        if page is None:
            raise ValidationError(f"page must be a number, got {request.query['page'][:40]!r}")
        found, pages = posts.list_posts(self._database, page), posts.count_pages(self._database)
        if page > pages:
            raise NotFoundError(f"page {page}")
        if wants_page(request):
            return self._render(request, "index.html", posts=found, page=page, pages=pages)
        return Response.json({"posts": found, "page": page, "pages": pages})

    def show(self, request: Request) -> Response:
        """Show one post with its comments."""
        post = posts.find_post(self._database, request.params["slug"])
        if wants_page(request):
            return self._render(request, "post.html", post=post)
        return Response.json(post)

    def new(self, request: Request) -> Response:
        """Show the form for a new post."""
        return self._render(request, "edit.html", post=None, values={}, error=None)

    def create(self, request: Request) -> Response:
        """Store a new post."""
        values, picture = read_values(request), None
        try:
            picture = self._save_picture(request)
            title, content = values.get("title"), values.get("content")
            post = posts.add_post(self._database, request.user.id, title, content, picture)
        except BaseException as error:
            remove_picture(picture, self._uploads)
            if not isinstance(error, ValidationError) or not wants_page(request):
                raise
            return self._render(
                request, "edit.html", 400, post=None, values=values, error=error.message
            )
        if wants_page(request):
            request.session.flash("Published.")
            return Response.redirect(post["url"])
        return Response.json(post, status=201, headers={"Location": post["url"]})

    def edit(self, request: Request) -> Response:
        """Change what is given of a post."""
        return Response.json(self._change(request, self._post_id(request)))

    def delete(self, request: Request) -> Response:
        """Remove a post with its comments."""
        self._remove(request, self._post_id(request))
        return Response(204)

    def edit_page(self, request: Request) -> Response:
        """Show the form with a post in it, or take what was changed there."""
        post = posts.find_post(self._database, request.params["slug"])
        if post["author"]["id"] != request.user.id:
            raise ForbiddenError("only its author may change a post")
        error, values, status = None, {"title": post["title"], "content": post["content"]}, 200
        if request.method == "POST":
            try:
                changed = self._change(request, post["id"])
            except ValidationError as problem:
                error, values, status = problem.message, read_values(request), 400
            else:
                request.session.flash("Saved.")
                return Response.redirect(changed["url"])
        return self._render(request, "edit.html", status, post=post, values=values, error=error)

    def delete_page(self, request: Request) -> Response:
        """Remove a post, for a form."""
        post = posts.find_post(self._database, request.params["slug"])
        self._remove(request, post["id"])
        request.session.flash("Deleted.")
        return Response.redirect("/")

    def _render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
        return render(self._app, request, name, status, **context)

    def _post_id(self, request: Request) -> int:
        number = number_of(request.params["id"])
        if number is None:
            raise NotFoundError("post")
        return number

    def _save_picture(self, request: Request) -> str | None:
        upload = request.files.get("featured_image")
        return None if upload is None or not upload.size else save_picture(upload, self._uploads)

    def _change(self, request: Request, number: int) -> dict[str, Any]:
        values, picture = read_values(request), self._save_picture(request)
        try:
            post, replaced = posts.change_post(
                self._database,
                number,
                request.user.id,
                title=values.get("title"),
                content=values.get("content"),
                picture=picture,
            )
        except BaseException:
            remove_picture(picture, self._uploads)
            raise
        remove_picture(replaced, self._uploads)
        return post

    def _remove(self, request: Request, number: int) -> None:
        picture = posts.remove_post(self._database, number, request.user.id)
        remove_picture(picture, self._uploads)
