"""What the blog stores: posts and the comments below them."""

from datetime import UTC, datetime

from groundup.accounts import SiteModel, User
from groundup_orm import Column, DateTime, ForeignKey, Index, Integer, Relationship, String, Text

__all__ = ["Comment", "Post", "now"]


def now() -> datetime:
    """Return the time in UTC, as everything here is stored."""
    return datetime.now(UTC)


class Post(SiteModel):
    """Something that a user wrote."""

    __tablename__ = "posts"
    __table_args__ = (Index("created_at", "id"),)

    id = Column(Integer, primary_key=True)
    slug = Column(String(100), unique=True, nullable=False)
    title = Column(String(200), nullable=False)
    content = Column(Text, nullable=False)
    picture = Column(String(80))
    author_id = Column(
        Integer, ForeignKey("auth_users.id", ondelete="CASCADE"), nullable=False, index=True
    )
    created_at = Column(DateTime, nullable=False, default=now)
    updated_at = Column(DateTime, nullable=False, default=now)
    author = Relationship(User)
    comments = Relationship("Comment", back_populates="post", order_by="id", cascade="database")


class Comment(SiteModel):
    """What a reader says to a post; without an account the reader gives a name."""

    __tablename__ = "comments"

    id = Column(Integer, primary_key=True)
    post_id = Column(
        Integer, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, index=True
    )
    author_id = Column(Integer, ForeignKey("auth_users.id", ondelete="SET NULL"))
    name = Column(String(64), nullable=False)
    text = Column(Text, nullable=False)
    created_at = Column(DateTime, nullable=False, default=now)
    post = Relationship("Post", back_populates="comments")
