"""The blog's pages on the learner's `Template`: the slot asks for `render(name, context)`.

The pages in `blog/` use nothing that chapter 6 does not ask for.  What plain tags cannot say, such
as ``page - 1`` or ``a or b``, `view` computes before; and the frame around each page is a template
into which the page goes as a value that is safe.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["Pages", "adapt", "view"]

FOLDER = Path(__file__).parent / "blog"
TITLES = {"edit.html": "Write", "login.html": "Log in", "register.html": "Sign up"}
EMPTY = {"title": "", "content": "", "username": "", "email": "", "next": "/"}


class Pages:
    """Renders pages by their names; each template is read and compiled once."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._made: dict[str, Any] = {}

    def render(self, name: str, context: Mapping[str, Any], /) -> str:
        """Return a page inside of the frame that all pages share."""
        names = view(name, context)
        names["inside"] = self.get_template(name).render(names)
        return str(self.get_template("base.html").render(names))

    def get_template(self, name: str) -> Any:
        """Return a template, made at its first use."""
        if name not in self._made:
            self._made[name] = self._make((FOLDER / name).read_text(encoding="utf-8"))
        return self._made[name]


def adapt(module: Any) -> Pages:
    """Return what goes into the slot `templates`."""
    return Pages(module.Template)


def view(name: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names of a page, with what has to be computed for it."""
    names = dict(context)
    user, post = context.get("user"), context.get("post")
    names["called"] = (user.username or user.email) if user else ""
    names["profile"] = (user.username or "Profile") if user else ""
    names["username"] = (user.username or "none") if user else ""
    names["values"] = {**EMPTY, **context.get("values", {})}
    names["live"] = name == "post.html"
    if name == "index.html":
        names |= turn_pages(context["page"], context["pages"])
    elif name == "edit.html":
        names["action"] = f"{post['url']}/edit" if post else "/posts"
        names["has_picture"] = bool(post and post["picture"])
    elif name == "post.html" and post is not None:
        names["edited"] = post["updated"]["iso"] != post["created"]["iso"]
        names["mine"] = bool(user and user.id == post["author"]["id"])
    titles: dict[str, str] = {**TITLES, "profile.html": names["called"]}
    if post is not None:
        titles |= {"post.html": post["title"], "edit.html": "Edit"}
    title = titles.get(name)
    names["title"] = f"{title} · groundup blog" if title else "groundup blog"
    return names


def turn_pages(page: int, pages: int) -> dict[str, Any]:
    """Return what the links between the pages of the list need."""
    return {
        "first": page == 1,
        "many": pages > 1,
        "newer": page - 1,
        "older": page + 1 if page < pages else 0,
    }
