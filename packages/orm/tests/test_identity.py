"""groundup_orm.identity: one row is one object, and unwritten changes are never dropped."""

from groundup_orm import JSON, Column, Integer, Model, Registry, String
from groundup_orm.identity import IdentityMap, expire, has_changes, make_transient


class Item(Model):
    __tablename__ = "items"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    name = Column(String(20))


class Document(Model):
    __tablename__ = "documents"
    registry = Registry()

    id = Column(Integer, primary_key=True)
    data = Column(JSON)


def test_objects_are_found_by_model_and_key() -> None:
    identity = IdentityMap()
    item, document = Item(id=1), Document(id=1)
    identity.add(item)
    identity.add(document)

    assert identity.of(Item.__mapper__) == {1: item}
    assert set(map(id, identity)) == {id(item), id(document)}
    assert [id(found) for found in identity.with_json()] == [id(document)]
    assert identity.holds(item)
    assert not identity.holds(Item(id=1))


def test_only_the_object_itself_is_taken_out() -> None:
    identity = IdentityMap()
    item = Item(id=1)
    identity.add(item)

    identity.remove(Item(id=1))
    assert identity.holds(item)
    identity.remove(item)
    assert not identity.holds(item)


def test_expired_objects_keep_their_key_alone() -> None:
    item = Item(id=1, name="a")
    item.__dict__["note"] = "mine"

    expire(item)

    assert item.__expired__
    assert "name" not in item.__dict__
    assert (item.__dict__["id"], item.__dict__["note"]) == (1, "mine")


def test_objects_with_changes_or_to_be_deleted_are_not_expired() -> None:
    identity = IdentityMap()
    plain, changed, deleted = Item(id=1, name="a"), Item(id=2, name="b"), Item(id=3, name="c")
    for item in (plain, changed, deleted):
        identity.add(item)
    changed.__original__ = {"name": "old"}
    deleted.__deleted__ = True

    identity.expire_unchanged(Item.__mapper__)

    assert [item.__expired__ for item in (plain, changed, deleted)] == [True, False, False]
    assert has_changes(changed)
    identity.expire_all()
    assert not has_changes(changed)


def test_a_transient_object_keeps_its_values() -> None:
    item = Item(id=1, name="a")
    item.__pending__ = item.__deleted__ = True

    make_transient(item)

    assert (item.__pending__, item.__deleted__) == (False, False)
    assert item.name == "a"


def test_cleared_maps_are_empty() -> None:
    identity = IdentityMap()
    identity.add(Item(id=1))

    identity.clear()

    assert list(identity) == []
