"""Ask the database, and answer in plain data: the same for a page and for JSON.

Every function opens a session of its own and is done with it when it returns, so nothing lazy
reaches a template.  They block, and belong into sync handlers or worker threads.
"""

import re
import secrets
import unicodedata
from datetime import datetime
from typing import Any

from groundup.blog.markup import clean_html, plain_text
from groundup.blog.models import Comment, Post, now
from groundup_errors import ForbiddenError, NotFoundError, ValidationError
from groundup_orm import Database, IntegrityError, Session

__all__ = [
    "add_comment",
    "add_post",
    "change_post",
    "count_pages",
    "find_post",
    "list_posts",
    "make_slug",
    "remove_post",
    "show_author",
]

PAGE = 10  # posts
MAX_PAGE = 100_000
MAX_TITLE = 200  # characters
MAX_CONTENT = 200_000
MAX_COMMENT = 4_000
MAX_NAME = 64
MAX_SHOWN_COMMENTS = 500
EXCERPT = 240
RESERVED = frozenset({"new"})  # slugs that are pages
SLUG = re.compile(r"[a-z0-9-]{1,100}")  # what could be one: no database need be asked for more


def make_slug(title: str) -> str:
    """Return the part of a URL that a title becomes.

    >>> make_slug("Crème brûlée, twice!"), make_slug("你好")
    ('creme-brulee-twice', 'post')
    """
    text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:80].strip("-")
    return slug if slug and slug not in RESERVED else "post"


def check_text(name: str, text: str | None, limit: int) -> str:
    """Return a text without white space around it, or say what is wrong with it."""
    text = (text or "").strip()
    if not text:
        raise ValidationError(f"{name} must not be empty")
    if len(text) > limit:
        raise ValidationError(f"{name} must have at most {limit} characters, got {len(text)}")
    if "\0" in text:
        raise ValidationError(f"{name} must not have a NUL in it")
    return text


def moment(value: datetime) -> dict[str, str]:
    """Return a time for machines and for people."""
    return {"iso": value.isoformat(timespec="seconds"), "text": f"{value:%d %B %Y, %H:%M} UTC"}


def show_author(author: Any) -> dict[str, Any]:
    """Return what everybody may see of a user, of the database's or of the log-in."""
    return {"id": author.id, "name": author.username or author.email.partition("@")[0]}


def show_post(post: Post, *, whole: bool) -> dict[str, Any]:
    """Return a post as data; with its whole content, or with the beginning of its text."""
    shown: dict[str, Any] = {
        "id": post.id,
        "slug": post.slug,
        "title": post.title,
        "url": f"/posts/{post.slug}",
        "picture": f"/media/{post.picture}" if post.picture else None,
        "author": show_author(post.author),
        "created": moment(post.created_at),
        "updated": moment(post.updated_at),
    }
    if whole:
        shown["content"] = post.content
    else:
        shown["excerpt"] = plain_text(post.content, EXCERPT)
    return shown


def show_comment(comment: Comment) -> dict[str, Any]:
    """Return a comment as data."""
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "name": comment.name,
        "text": comment.text,
        "created": moment(comment.created_at),
    }


def count_pages(database: Database) -> int:
    """Return how many pages of posts there are, one at least."""
    with Session(database) as session:
        return max(1, -(-session.query(Post).count() // PAGE))


def list_posts(database: Database, page: int) -> list[dict[str, Any]]:
    """Return the posts of a page, newest first."""
    if not 1 <= page <= MAX_PAGE:
        raise NotFoundError(f"page {page}")
    with Session(database) as session:
        found = (
            session.query(Post)
            .include(Post.author)
            .order_by(Post.id.desc())
            .limit(PAGE)
            .offset((page - 1) * PAGE)
            .all()
        )
        return [show_post(post, whole=False) for post in found]


def find_post(database: Database, slug: str) -> dict[str, Any]:
    """Return a post with its comments.

    Raises:
        NotFoundError: There is none of this slug.
    """
    if not SLUG.fullmatch(slug):
        raise NotFoundError("post")
    with Session(database) as session:
        post = session.query(Post).include(Post.author).filter(Post.slug == slug).first()
        if post is None:
            raise NotFoundError("post")
        comments = (
            session.query(Comment)
            .filter(Comment.post_id == post.id)
            .order_by(Comment.id)
            .limit(MAX_SHOWN_COMMENTS)
            .all()
        )
        return {**show_post(post, whole=True), "comments": [show_comment(one) for one in comments]}


def add_post(
    database: Database, author_id: int, title: str | None, content: str | None, picture: str | None
) -> dict[str, Any]:
    """Store a post and return it.

    Raises:
        ValidationError: Title or content is missing or too long.
    """
    title = check_text("title", title, MAX_TITLE)
    content = clean_html(check_text("content", content, MAX_CONTENT))
    slug = make_slug(title)
    for _ in range(10):
        with Session(database) as session:
            post = Post(
                slug=slug, title=title, content=content, picture=picture, author_id=author_id
            )
            session.add(post)
            try:
                session.commit()
            except IntegrityError:  # the slug is taken
                session.rollback()
                slug = f"{make_slug(title)}-{secrets.token_hex(3)}"
                continue
            return show_post(post, whole=True)
    raise ValidationError("title must differ from others: this one was taken ten times")


def owned(session: Session, post_id: int, user_id: int) -> Post:
    """Return a post that a user may change."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFoundError("post")
    if post.author_id != user_id:
        raise ForbiddenError("only its author may change a post")
    return post


def change_post(
    database: Database,
    post_id: int,
    user_id: int,
    *,
    title: str | None = None,
    content: str | None = None,
    picture: str | None = None,
) -> tuple[dict[str, Any], str | None]:
    """Change what is given of a post; return it, and the name of the picture that was replaced.

    Raises:
        NotFoundError: There is none of this id.
        ForbiddenError: It is somebody else's.
        ValidationError: Title or content is empty or too long.
    """
    with Session(database) as session:
        post = owned(session, post_id, user_id)
        replaced = None
        if title is not None:
            post.title = check_text("title", title, MAX_TITLE)
        if content is not None:
            post.content = clean_html(check_text("content", content, MAX_CONTENT))
        if picture is not None:
            replaced, post.picture = post.picture, picture
        post.updated_at = now()
        session.commit()
        return show_post(post, whole=True), replaced


def remove_post(database: Database, post_id: int, user_id: int) -> str | None:
    """Delete a post with its comments; return the name of its picture.

    Raises:
        NotFoundError: There is none of this id.
        ForbiddenError: It is somebody else's.
    """
    with Session(database) as session:
        post = owned(session, post_id, user_id)
        picture = post.picture
        session.delete(post)
        session.commit()
        return picture


def add_comment(
    database: Database, post_id: int, author_id: int | None, name: str | None, text: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Store a comment; return it and its post.

    Raises:
        NotFoundError: There is no such post.
        ValidationError: Name or text is missing or too long.
    """
    name = check_text("name", name, MAX_NAME)
    text = check_text("comment", text, MAX_COMMENT)
    with Session(database) as session:
        post = session.query(Post).include(Post.author).filter(Post.id == post_id).first()
        if post is None:
            raise NotFoundError("post")
        comment = Comment(post_id=post.id, author_id=author_id, name=name, text=text)
        session.add(comment)
        session.commit()
        return show_comment(comment), show_post(post, whole=False)
