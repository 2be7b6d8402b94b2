"""groundup_orm.query: what is asked is what is sent, and what comes back."""

from typing import Any

import pytest

from groundup_orm import (
    Column,
    Database,
    DateTime,
    ForeignKey,
    Integer,
    MappingError,
    Model,
    MultipleResultsFound,
    NoResultFound,
    Registry,
    Relationship,
    Session,
    String,
    ValidationError,
    eager,
    func,
    not_,
    or_,
)


class Base(Model, abstract=True):
    registry = Registry()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String(50), unique=True)
    age = Column(Integer)
    created = Column(DateTime)
    posts = Relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String(200))
    views = Column(Integer, default=0)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = Relationship("User", back_populates="posts")


PEOPLE = [("alice", 30), ("Bob", 20), ("carol", None), ("d_ve", 40), ("100%", 50)]


@pytest.fixture(autouse=True)
def rows(database: Database) -> None:
    database.create_all(User, Post)
    with Session(database) as session:
        users = [User(name=name, age=age) for name, age in PEOPLE]
        users[0].posts = [Post(title="one", views=1), Post(title="two", views=2)]
        users[1].posts = [Post(title="three", views=3)]
        session.add_all(users)
        session.commit()


def names(session: Session, *conditions: Any) -> list[str | None]:
    return session.query(User.name).filter(*conditions).order_by(User.id).all()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(User.name == "alice", ["alice"], id="equal"),
        pytest.param(User.name != "alice", ["Bob", "carol", "d_ve", "100%"], id="unequal"),
        pytest.param(User.age > 30, ["d_ve", "100%"], id="greater"),
        pytest.param(User.age >= 30, ["alice", "d_ve", "100%"], id="at-least"),
        pytest.param(User.age < 30, ["Bob"], id="less"),
        pytest.param(User.age <= 30, ["alice", "Bob"], id="at-most"),
        pytest.param(User.age == None, ["carol"], id="none"),  # noqa: E711 - builds SQL
        pytest.param(User.age.is_(None), ["carol"], id="is-none"),
        pytest.param(User.age.is_not(None), ["alice", "Bob", "d_ve", "100%"], id="is-not-none"),
        pytest.param(User.age.between(20, 30), ["alice", "Bob"], id="between"),
        pytest.param(User.name.in_(["alice", "Bob"]), ["alice", "Bob"], id="in"),
        pytest.param(User.name.in_([]), [], id="in-nothing"),
        pytest.param(User.name.not_in(["alice", "Bob", "carol"]), ["d_ve", "100%"], id="not-in"),
        pytest.param(User.name.like("a%"), ["alice"], id="like"),
        pytest.param(User.name.like("A%"), [], id="like-minds-the-case"),
        pytest.param(User.name.ilike("B%"), ["Bob"], id="ilike"),
        pytest.param(User.name.ilike("bOB"), ["Bob"], id="ilike-other-case"),
        pytest.param(User.name.contains("_"), ["d_ve"], id="contains-underscore"),
        pytest.param(User.name.contains("%"), ["100%"], id="contains-percent"),
        pytest.param(User.name.startswith("ca"), ["carol"], id="startswith"),
        pytest.param(User.name.endswith("ob"), ["Bob"], id="endswith"),
        pytest.param((User.age > 20) & (User.age < 40), ["alice"], id="and"),
        pytest.param((User.age < 25) | (User.age > 45), ["Bob", "100%"], id="or"),
        pytest.param(~(User.name == "alice"), ["Bob", "carol", "d_ve", "100%"], id="invert"),
        pytest.param(not_(or_(User.age < 45, User.age.is_(None))), ["100%"], id="not-or"),
        pytest.param(User.age + 10 == 40, ["alice"], id="plus"),
        pytest.param(User.age * 2 - 10 > 60, ["d_ve", "100%"], id="arithmetic"),
        pytest.param(func.lower(User.name) == "bob", ["Bob"], id="function"),
        pytest.param(func.length(User.name) == 3, ["Bob"], id="length"),
        pytest.param(User.name + "!" == "Bob!", ["Bob"], id="join-text"),
    ],
)
def test_conditions(session: Session, condition: Any, expected: list[str]) -> None:
    assert names(session, condition) == expected


def test_values_of_another_type_are_refused(session: Session) -> None:
    with pytest.raises(ValidationError, match=r"User.age must be an integer, got 'x'"):
        session.query(User).filter(User.age == "x").all()


def test_filter_takes_expressions_only(session: Session) -> None:
    wrong: Any = False

    with pytest.raises(MappingError, match="SQL expressions, got False"):
        session.query(User).filter(wrong)


def test_filter_by_names_attributes(session: Session) -> None:
    assert session.query(User).filter_by(name="alice", age=30).one().name == "alice"
    with pytest.raises(MappingError, match="no column 'nam'"):
        session.query(User).filter_by(nam="alice")


def test_nulls_sort_first_on_every_database(session: Session) -> None:
    up = session.query(User.age).order_by(User.age).all()
    down = session.query(User.age).order_by(User.age.desc()).all()

    assert up == [None, 20, 30, 40, 50]
    assert down == [50, 40, 30, 20, None]


def test_a_query_can_be_kept_and_refined(session: Session) -> None:
    adults = session.query(User).filter(User.age >= 30)

    young = adults.filter(User.age < 45).order_by(User.age)

    assert [user.name for user in young] == ["alice", "d_ve"]
    assert adults.count() == 3


def test_limit_and_offset(session: Session) -> None:
    ordered = session.query(User.name).order_by(User.id)

    assert ordered.limit(2).all() == ["alice", "Bob"]
    assert ordered.offset(3).all() == ["d_ve", "100%"]
    assert ordered.limit(1).offset(1).all() == ["Bob"]
    assert ordered.limit(0).all() == []
    assert ordered.limit(2).limit(None).offset(1).offset(None).count() == 5


@pytest.mark.parametrize("step", ["limit", "offset"])
def test_negative_counts_are_refused(session: Session, step: str) -> None:
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        getattr(session.query(User), step)(-1)


def test_first_one_and_none(session: Session) -> None:
    query = session.query(User).order_by(User.id)
    nobody = query.filter(User.name == "nobody")

    first = query.first()
    assert first is not None
    assert first.name == "alice"
    assert nobody.first() is None
    assert nobody.one_or_none() is None
    with pytest.raises(NoResultFound, match="got none"):
        nobody.one()
    with pytest.raises(MultipleResultsFound):
        query.one()
    with pytest.raises(MultipleResultsFound):
        query.one_or_none()


def test_columns_and_several_things_at_once(session: Session) -> None:
    pairs = session.query(User.name, User.age).order_by(User.id).all()
    user, title = session.query(User, Post.title).join(User.posts).order_by(Post.id).all()[0]

    assert pairs[0].name == "alice"
    assert pairs[0].age == 30
    assert isinstance(user, User)
    assert title == "one"


def test_join_along_a_relationship_or_a_model_or_a_condition(session: Session) -> None:
    query = session.query(Post.title).order_by(Post.id)

    assert query.join(Post.author).filter(User.name == "Bob").all() == ["three"]
    assert query.join(User).filter(User.name == "Bob").all() == ["three"]
    assert query.join(User, Post.author_id == User.id).filter(User.name == "Bob").all() == ["three"]


def test_join_repeats_rows_and_distinct_does_not(session: Session) -> None:
    query = session.query(User).join(User.posts).filter(User.name == "alice")

    assert len(query.all()) == 2
    assert len(query.distinct().all()) == 1
    assert query.distinct().count() == 1


def test_outer_join_keeps_rows_without_a_match(session: Session) -> None:
    query = session.query(User.name, Post).outer_join(User.posts).filter(User.name == "carol")

    ((name, post),) = query.all()

    assert (name, post) == ("carol", None)


def test_same_table_twice_is_refused(session: Session) -> None:
    with pytest.raises(MappingError, match="in the query already"):
        session.query(User).join(User.posts).join(User.posts)


def test_groups_and_their_conditions(session: Session) -> None:
    query = (
        session.query(User.name, func.count(Post.id).label("number"), func.sum(Post.views))
        .outer_join(User.posts)
        .group_by(User.name)
        .having(func.count(Post.id) > 0)
        .order_by(func.count(Post.id).desc())
    )

    found = query.all()

    assert [(row.name, row.number, row.sum) for row in found] == [("alice", 2, 3), ("Bob", 1, 3)]
    assert query.count() == 2
    assert query.exists()


def test_aggregates(session: Session) -> None:
    posts = session.query(Post)

    assert posts.sum(Post.views) == 6
    assert posts.avg(Post.views) == 2.0
    assert isinstance(posts.avg(Post.views), float)
    assert (posts.min(Post.views), posts.max(Post.title)) == (1, "two")
    assert posts.filter(Post.title == "none").sum(Post.views) is None
    with pytest.raises(MappingError, match="whole results"):
        posts.limit(1).sum(Post.views)


def test_count_and_exists(session: Session) -> None:
    query = session.query(User).order_by(User.name)

    assert query.count() == 5
    assert query.limit(2).count() == 2
    assert query.exists()
    assert not query.filter(User.name == "nobody").exists()


def test_query_inside_a_query(session: Session) -> None:
    writers = session.query(Post.author_id).filter(Post.views > 0)

    assert names(session, User.id.in_(writers)) == ["alice", "Bob"]
    assert names(session, User.id.not_in(writers)) == ["carol", "d_ve", "100%"]


def test_pages(session: Session) -> None:
    query = session.query(User.name).order_by(User.id)

    page = query.page(2, size=2)

    assert page.items == ["carol", "d_ve"]
    assert (page.total, page.pages, page.has_previous, page.has_next) == (5, 3, True, True)
    with pytest.raises(ValueError, match="at least 1, got 0 and 2"):
        query.page(0, size=2)


def test_scalar(session: Session) -> None:
    assert session.query(func.count(User.id)).scalar() == 5
    assert (
        session.query(func.max(User.age), User.name).group_by(User.name).limit(0).scalar() is None
    )


def test_include_loads_in_one_more_query(database: Database, session: Session) -> None:
    with database.record() as runs:
        users = session.query(User).include(User.posts).order_by(User.id).all()
        titles = [post.title for user in users for post in user.posts]

    assert titles == ["one", "two", "three"]
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 2


def test_options_are_the_same(database: Database, session: Session) -> None:
    with database.record() as runs:
        posts = session.query(Post).options(eager(Post.author)).order_by(Post.id).all()
        authors = [post.author.name for post in posts]

    assert authors == ["alice", "alice", "Bob"]
    assert len([run for run in runs if run.sql.startswith("SELECT")]) == 2


def test_update_changes_rows_and_loaded_objects(session: Session) -> None:
    post = session.query(Post).filter(Post.title == "one").one()

    changed = session.query(Post).filter(Post.views < 3).update(views=Post.views + 10)

    assert changed == 2
    assert post.views == 11
    session.commit()
    assert session.query(Post).sum(Post.views) == 26


def test_update_checks_its_values(session: Session) -> None:
    with pytest.raises(ValidationError, match=r"User.age must be an integer"):
        session.query(User).update(age="old")
    with pytest.raises(MappingError, match="at least one value"):
        session.query(User).update()
    with pytest.raises(MappingError, match="only filters"):
        session.query(User).limit(1).update(age=1)


def test_delete_removes_rows_and_forgets_objects(session: Session) -> None:
    post = session.query(Post).filter(Post.title == "one").one()

    assert session.query(Post).filter(Post.views <= 2).delete() == 2

    assert post not in session
    assert session.query(Post).count() == 1
    with pytest.raises(MappingError, match="only filters"):
        session.query(Post).order_by(Post.id).delete()


def test_rows_can_be_locked(session: Session) -> None:
    user = session.query(User).filter(User.name == "alice").for_update().one()

    assert user.name == "alice"
    assert session.in_transaction


def test_sql_can_be_seen_before_it_is_sent(database: Database, session: Session) -> None:
    query = session.query(User.name).filter(User.name == "x' OR 1=1")

    assert "OR" not in str(query)
    assert query.sql().parameters == ("x' OR 1=1",)
    mark = database.dialect.placeholder(1)
    assert str(query) == f'SELECT "users"."name" FROM "users" WHERE "users"."name" = {mark}'


def test_a_query_needs_something_to_select(session: Session) -> None:
    with pytest.raises(MappingError, match="needs a model"):
        session.query()
    with pytest.raises(MappingError, match="models and expressions, got 'users'"):
        session.query("users")
    with pytest.raises(MappingError, match="query of a model"):
        session.query(User.name).filter_by(name="x")
