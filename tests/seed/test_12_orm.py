"""Project 12: the block, verbatim, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import groundup_orm
from groundup_orm import Database, set_default_database

MODELS = """\
# Define a model
class User(Model):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    username = Column(String(50), unique=True)
    email = Column(String(100))
    posts = Relationship("Post", back_populates="author")

class Post(Model):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(200))
    content = Column(Text)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")
"""

BLOCK = """\
# Use the ORM
session = Session()

# Create
user = User(username="alice", email="alice@example.com")
session.add(user)
session.commit()

# Query
user = session.query(User).filter(User.username == "alice").first()
print(user.email)

# Relationships
for post in user.posts:
    print(post.title)

# Update
user.email = "alice.new@example.com"
session.commit()

# Delete
session.delete(user)
session.commit()
"""


@pytest.fixture(params=["nothing configured", "sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Database | None]:
    if request.param == "nothing configured":
        yield None
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'seed.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    database = Database(url)
    set_default_database(database)
    yield database
    set_default_database(None)
    database.close()


def test_block(
    database: Database | None, run_block: Callable[..., tuple[dict[str, Any], str]]
) -> None:
    exported = {name: getattr(groundup_orm, name) for name in groundup_orm.__all__}
    models, _ = run_block(MODELS, **exported)
    if database is not None:
        database.create_all(models["User"], models["Post"])
        with groundup_orm.Session() as session:
            post = models["Post"](title="Hello", content="…", author=None)
            session.add(post)
            session.commit()

    names, printed = run_block(BLOCK, **models)

    assert printed == "alice@example.com\n"
    assert names["session"].query(models["User"]).count() == 0
    names["session"].close()
