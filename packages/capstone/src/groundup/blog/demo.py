"""Twenty posts to begin with, so that a new blog has something to show."""

import secrets
from typing import Any

from groundup.blog import posts
from groundup.blog.models import Post
from groundup_auth import AlreadyRegistered
from groundup_orm import Session

__all__ = ["add_demo_posts"]

AUTHORS = ("ada", "grace", "alan")
NAMES = ("Edsger", "Barbara", "Donald", "Frances")
TOPICS = (
    (
        "A socket is a file that talks",
        "listen, accept, read, write: four calls and you are a server",
    ),
    (
        "Where does a request end?",
        "the empty line ends the head; who ends the body is a longer story",
    ),
    (
        "Bytes arrive in any size",
        "a parser that needs its input in one piece works on your machine only",
    ),
    (
        "The colon and the space before it",
        "one white space too many, and two servers see two requests",
    ),
    ("A tree of paths", "finding a handler costs the length of the path, not the number of routes"),
    ("Static before dynamic", "why /users/me must win over /users/:id, whoever came first"),
    ("Three digits that say it all", "what a status promises, and which of them forbid a body"),
    ("Cookies, one attribute at a time", "HttpOnly, Secure, SameSite: each closes one door"),
    ("An onion of functions", "a layer calls next, and gets the response in its hands"),
    ("Sync and async at one table", "one worker thread for each request, and no pool can deadlock"),
    ("Templates are little compilers", "tokens, a tree, Python source, a function"),
    ("Escape by place", "the same text is harmless in a paragraph and poison in a link"),
    ("Remembering a visitor", "a long random number is all that a browser needs to carry"),
    ("Forms in pieces", "a boundary, some headers, and a gigabyte that never is in memory"),
    ("A password you never know", "hash it slowly, compare it carefully, forget it at once"),
    ("Errors are answers too", "the innermost boundary turns an exception into a response"),
    ("Objects out of rows", "an identity map, a unit of work, and the query you did not expect"),
    ("Not modified", "the fastest response is the one that says: you have it already"),
    ("Ten thousand who wait", "one thread is enough when nobody holds it while waiting"),
    ("A frame, bit by bit", "a WebSocket begins as a request and never becomes one again"),
)
BODY = """\
<p>{lead}.</p>
<p>Every layer of this site is written in plain Python, and small enough to read in an evening. This
page came through a socket, a parser, a router, a chain of layers, a query and a template; each of
them is a package of its own with a chapter that builds it.</p>
<h2>Try it</h2>
<ul><li>Open this page in a second window and write a comment in the first.</li>
<li>Ask for the same address as JSON: <code>curl http://localhost:8000/posts/{slug}</code>.</li>
<li>Sign up and write a post of your own, with a picture.</li></ul>
<blockquote>What I cannot create, I do not understand.</blockquote>
"""


def add_demo_posts(app: Any) -> int:
    """Add twenty posts with comments, unless the blog has posts already; return how many."""
    database = app.db
    with Session(database) as session:
        if session.query(Post).count():
            return 0
    authors = [register(app, name) for name in AUTHORS]
    for number, (title, lead) in enumerate(reversed(TOPICS)):
        body = BODY.format(lead=lead[0].upper() + lead[1:], slug=posts.make_slug(title))
        post = posts.add_post(database, authors[number % len(authors)], title, body, None)
        for name in NAMES[: number % (len(NAMES) + 1)]:
            posts.add_comment(database, post["id"], None, name, f"Thank you for “{title}”.")
    return len(TOPICS)


def register(app: Any, name: str) -> int:
    """Add an author whom nobody can log in as: the password is forgotten here."""
    suffix = ""
    while True:
        try:
            user_id: int = app.auth.register(
                f"{name}{suffix}@example.com", f"Aa1!{secrets.token_urlsafe(24)}", f"{name}{suffix}"
            )
        except AlreadyRegistered:
            suffix = secrets.token_hex(2)
        else:
            return user_id
