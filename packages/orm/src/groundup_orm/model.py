"""``Model``: a class statement becomes a mapper, and writing an attribute is seen.

    class User(Model):                            User.__mapper__
        __tablename__ = "users"        ──►           table "users"
        id = Column(Integer, …)                      columns {"id": …}, key (id,)
        posts = Relationship("Post")                 relationships {"posts": …}

A model is defined once and read by all threads; its objects belong to one session each.
"""

from typing import Any, ClassVar

from groundup_orm.columns import Column, Index, is_column
from groundup_orm.errors import MappingError, SessionError
from groundup_orm.instance import ABSENT, Entity
from groundup_orm.mapper import Mapper, Registry
from groundup_orm.relationship import Relationship, note_change

__all__ = ["Model"]


class Model(Entity):
    """The base of all mapped classes.

    >>> from groundup_orm import Column, Integer, String
    >>> class Fruit(Model):
    ...     __tablename__ = "fruits"
    ...     id = Column(Integer, primary_key=True)
    ...     name = Column(String(20))
    >>> Fruit(name="apple").name
    'apple'

    ``class Base(Model, abstract=True)`` makes a base without a table: its columns are copied into
    each model below it.  Give it ``registry = Registry()`` to keep its models to themselves.

    An object belongs to one session, and so to one thread at a time; the class to all.
    """

    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[Index, ...]] = ()
    registry: ClassVar[Registry] = Registry()

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        if abstract:
            return
        if any("__mapper__" in vars(base) for base in cls.__mro__[1:]):
            raise MappingError(
                f"{cls.__name__} must derive from an abstract model, not a mapped one"
            )
        if "__tablename__" not in vars(cls):
            raise MappingError(f"{cls.__name__} must have a __tablename__, or say abstract=True")
        columns, relationships = collect_attributes(cls)
        mapper = Mapper(cls, cls.__tablename__, columns, relationships, cls.registry)
        mapper.indexes = check_indexes(mapper, cls.__table_args__)
        for relationship in relationships.values():
            relationship.bind_to(mapper)
        cls.__mapper__ = mapper
        cls.registry.add(mapper)

    def __init__(self, **values: Any) -> None:
        mapper: Mapper = self.__mapper__
        for name, value in values.items():
            if name not in mapper.columns and name not in mapper.relationships:
                raise TypeError(f"{mapper.name} has no attribute {name!r}")
            setattr(self, name, value)
        for name, column in mapper.columns.items():
            if column.has_default and name not in values:
                self.__dict__[name] = column.make_default()

    def __setattr__(self, name: str, value: Any) -> None:
        mapper: Mapper = self.__mapper__
        if name in mapper.columns:
            write_column(self, mapper, name, value)
        elif (relationship := mapper.relationships.get(name)) is not None:
            relationship.assign(self, value)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__mapper__.columns or name in self.__mapper__.relationships:
            raise AttributeError(f"{name!r} cannot be deleted: set it to None")
        object.__delattr__(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the values of all columns."""
        return {name: getattr(self, name) for name in self.__mapper__.columns}

    def __repr__(self) -> str:
        # The key only: other values may be secrets, and a repr ends in logs.
        names = self.__mapper__.key_names
        pairs = ", ".join(f"{name}={self.__dict__.get(name)!r}" for name in names)
        return f"<{type(self).__name__} {pairs}>"


def write_column(entity: Entity, mapper: Mapper, name: str, value: Any) -> None:
    """Set a column's value, and remember the old one if the object is a row."""
    values = entity.__dict__
    if entity.__session__ is not None and not entity.__pending__:
        if name in mapper.key_names and values.get(name) != value:
            raise SessionError(
                f"primary key of a stored object cannot change: {mapper.name}.{name}"
            )
        original = values.setdefault("__original__", {})
        original.setdefault(name, values.get(name, ABSENT))
        note_change(entity)
    values[name] = value
    if mapper.columns[name].foreign_key is not None:
        forget_parent(entity, mapper, name)


def forget_parent(entity: Entity, mapper: Mapper, name: str) -> None:
    """Drop the objects that a foreign key led to: it was set by hand and may lead elsewhere."""
    for reference in mapper.references:
        if name in reference.key and entity.__links__:
            entity.__links__.pop(reference.key, None)
    for relationship in mapper.relationships.values():
        wiring = relationship.wiring if relationship.key in entity.__dict__ else None
        if wiring and wiring.direction == "many to one" and name in wiring.reference.key:
            del entity.__dict__[relationship.key]


def collect_attributes(
    cls: type[Model],
) -> tuple[dict[str, Column[Any]], dict[str, Relationship]]:
    """Return the columns and relationships of a class; those of abstract bases as copies."""
    columns: dict[str, Column[Any]] = {}
    relationships: dict[str, Relationship] = {}
    for base in reversed(cls.__mro__):
        for name, value in list(vars(base).items()):
            if is_column(value):
                columns[name] = value if base is cls else value.copy()
            elif isinstance(value, Relationship):
                if base is not cls:
                    raise MappingError(f"abstract model cannot have relationships: {name!r}")
                relationships[name] = value
            else:
                columns.pop(name, None)
    for name, column in columns.items():
        setattr(cls, name, column)
    return columns, relationships


def check_indexes(mapper: Mapper, given: Any) -> tuple[Index, ...]:
    """Return the indexes of ``__table_args__``; their columns must exist."""
    for index in given:
        if not isinstance(index, Index):
            raise MappingError(f"__table_args__ takes Index and Unique, got {index!r:.40}")
        for name in index.columns:
            if name not in mapper.columns:
                raise MappingError(f"index names {mapper.name}.{name}, which is no column")
    return tuple(given)
