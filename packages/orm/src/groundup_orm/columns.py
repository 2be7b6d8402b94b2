"""A column of a model: the descriptor that is SQL on the class and a value on the object.

    User.email            the column itself: an expression, User.email == "a@b" builds SQL
    user.email            the value, from the object's own ``__dict__``

``Column`` has no ``__set__``.  So Python looks into ``user.__dict__`` first, and reading a loaded
value costs what reading any attribute costs; ``__get__`` runs only when the value is missing there:
never set, or expired and to be loaded again.  Writes are seen by ``Model.__setattr__``.
"""

from collections.abc import Callable
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    Protocol,
    TypedDict,
    TypeGuard,
    TypeVar,
    Unpack,
    cast,
    overload,
)

from groundup_orm.errors import MappingError, ValidationError
from groundup_orm.expressions import Expression
from groundup_orm.types import ColumnType

__all__ = ["Column", "ForeignKey", "Index", "OnDelete", "Unique", "is_column"]

T = TypeVar("T")
V = TypeVar("V")

OnDelete = Literal["CASCADE", "SET NULL", "RESTRICT", "NO ACTION"]


class CanLoad(Protocol):
    """An object that can fetch an attribute which is not in its ``__dict__``."""

    def __load_missing__(self, name: str, /) -> Any:
        """Return the value."""


class ForeignKey:
    """A reference to a column of another table, written ``"table.column"``.

    ``ondelete`` is what the database does when the other row goes; see ``Relationship(cascade=…)``
    for what the session does.
    """

    def __init__(self, target: str, *, ondelete: OnDelete | None = None) -> None:
        table, dot, column = target.rpartition(".")
        if not dot or not table or not column:
            raise MappingError(f"foreign key must be 'table.column', got {target!r}")
        self.table = table
        self.column = column
        self.ondelete: OnDelete | None = ondelete

    def __repr__(self) -> str:
        return f"ForeignKey({f'{self.table}.{self.column}'!r})"


class Index:
    """An index over several columns, for ``__table_args__``."""

    def __init__(self, *columns: str, unique: bool = False) -> None:
        if not columns:
            raise MappingError("an index needs at least one column")
        self.columns = columns
        self.unique = unique


class Unique(Index):
    """A constraint over several columns, for ``__table_args__``."""

    def __init__(self, *columns: str) -> None:
        super().__init__(*columns, unique=True)


class ColumnOptions(TypedDict, total=False):
    """What any column may say."""

    unique: bool
    index: bool
    default: Any
    onupdate: Callable[[], Any]
    server_default: str
    name: str


class Column(Expression, Generic[T]):
    """One column: its type, its constraints, and how it is used in expressions.

    Args:
        type: A column type, as class or object: ``Integer``, ``String(50)``.
        constraints: A ``ForeignKey``, if it refers to another table.
        primary_key: Part of the primary key.  A lone Integer one is numbered by the database.
        nullable: Whether it may be None; a primary key never is.
        version: Count writes in it, and refuse to overwrite a row that somebody else has written.
        unique: At most one row has a value.
        index: Keep an index over it.
        default: The value of new objects that give none, or a function that makes it.
        onupdate: A function that makes the value whenever the row is updated.
        server_default: The same as SQL, for the table's definition; never from input.
        name: Its name in the database, if not that of the attribute.

    A column belongs to one model; may be shared between threads.
    """

    @overload
    def __init__(
        self: "Column[V]",
        type: type[ColumnType[V]] | ColumnType[V],
        *constraints: ForeignKey,
        primary_key: Literal[True],
        **options: Unpack[ColumnOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: "Column[V]",
        type: type[ColumnType[V]] | ColumnType[V],
        *constraints: ForeignKey,
        version: Literal[True],
        **options: Unpack[ColumnOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: "Column[V]",
        type: type[ColumnType[V]] | ColumnType[V],
        *constraints: ForeignKey,
        nullable: Literal[False],
        **options: Unpack[ColumnOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: "Column[V | None]",
        type: type[ColumnType[V]] | ColumnType[V],
        *constraints: ForeignKey,
        nullable: Literal[True] = True,
        **options: Unpack[ColumnOptions],
    ) -> None: ...
    def __init__(
        self,
        type: Any,
        *constraints: ForeignKey,
        primary_key: bool = False,
        nullable: bool = True,
        version: bool = False,
        **options: Unpack[ColumnOptions],
    ) -> None:
        self._type = make_type(type)
        self.foreign_key = find_foreign_key(constraints)
        self.primary_key = primary_key
        self.version = version
        self.nullable = nullable and not primary_key and not version
        self.unique = options.pop("unique", False)
        self.index = options.pop("index", False)
        self.has_default = "default" in options
        self.default = options.pop("default", None)
        self.onupdate = options.pop("onupdate", None)
        self.server_default = options.pop("server_default", None)
        self.column_name = options.pop("name", "")
        self.key = ""
        self.table = ""
        self.owner = ""
        kind = self.default.__class__.__name__
        if kind in {"list", "dict", "set", "bytearray"}:
            raise MappingError(f"default must not be shared by all objects: say default={kind}")
        if options:
            raise TypeError(f"column has no option {next(iter(options))!r}")
        if version and self._type.kind != "integer":
            raise MappingError(f"version column must be an Integer, got {self._type!r}")

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name
        self.column_name = self.column_name or name

    @overload
    def __get__(self, instance: None, owner: type) -> "Column[T]": ...
    @overload
    def __get__(self, instance: CanLoad, owner: type) -> T: ...
    def __get__(self, instance: CanLoad | None, owner: type) -> "Column[T] | T":
        if instance is None:
            return self
        return cast("T", instance.__load_missing__(self.key))

    if TYPE_CHECKING:  # at run time there is none: see above

        def __set__(self, instance: CanLoad, value: T) -> None:
            """Tell type checkers what may be written."""

    @property
    def type(self) -> ColumnType[Any]:
        """What the column holds."""
        return self._type

    @property
    def autoincrement(self) -> bool:
        """Whether it is of the sort that a database can number (when it is the whole key)."""
        return self.primary_key and self._type.kind == "integer" and self.foreign_key is None

    def bind_to(self, owner: str, table: str) -> None:
        """Tell the column which model and table it belongs to."""
        self.owner = owner
        self.table = table

    def copy(self) -> "Column[T]":
        """Return the same column for another model, for columns of abstract models."""
        twin = cast("Column[T]", object.__new__(Column))
        twin.__dict__.update(self.__dict__)
        return twin

    def check(self, value: Any) -> Any:
        """Return the value to store.

        Raises:
            ValidationError: The column cannot hold it; the message names the attribute.
        """
        if value is None and self.nullable:
            return None
        if value is None:
            raise ValidationError(f"{self} must not be None", column=str(self))
        try:
            return self._type.check(value)
        except ValidationError as error:
            raise ValidationError(f"{self} {error}", column=str(self)) from None

    def make_default(self) -> Any:
        """Return the default value for a new object."""
        return self.default() if callable(self.default) else self.default

    def __str__(self) -> str:
        return f"{self.owner}.{self.key}"

    def __repr__(self) -> str:
        return f"<Column {self} {self._type!r}>"


def is_column(value: object) -> TypeGuard[Column[Any]]:
    """Whether an expression is a column."""
    return isinstance(value, Column)


def make_type(given: Any) -> ColumnType[Any]:
    """Return the type object for a class or object."""
    made: Any = given() if isinstance(given, type) else given
    if not is_type(made):
        raise MappingError(f"column type must be a ColumnType, got {made!r:.40}")
    return made


def is_type(value: object) -> TypeGuard[ColumnType[Any]]:
    """Whether a value is a column type."""
    return isinstance(value, ColumnType)


def find_foreign_key(constraints: tuple[Any, ...]) -> ForeignKey | None:
    """Return the one foreign key among the positional arguments."""
    for constraint in constraints:
        if not isinstance(constraint, ForeignKey):
            raise MappingError(f"constraint must be a ForeignKey, got {constraint!r:.40}")
    if len(constraints) > 1:
        raise MappingError("a column has at most one foreign key")
    return constraints[0] if constraints else None
