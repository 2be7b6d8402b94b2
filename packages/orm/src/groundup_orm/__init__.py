"""A small object-relational mapper for SQLite and PostgreSQL.

Models describe tables, sessions save objects, queries are built in Python and become SQL with
parameters.  Plain SQL is never far: ``database.fetch("SELECT …")``.
"""

from groundup_orm.columns import Column, ForeignKey, Index, Unique
from groundup_orm.connection import Connection, StatementRun
from groundup_orm.database import Database, default_database, set_default_database
from groundup_orm.errors import (
    DatabaseError,
    IntegrityError,
    LazyLoadError,
    MappingError,
    MigrationError,
    MultipleResultsFound,
    NoResultFound,
    NPlusOneWarning,
    OperationalError,
    OrmError,
    PoolTimeout,
    ProgrammingError,
    SessionError,
    StaleDataError,
    TransactionConflict,
    UncommittedWarning,
    ValidationError,
)
from groundup_orm.explain import Plan
from groundup_orm.expressions import Expression, and_, not_, or_
from groundup_orm.functions import func
from groundup_orm.mapper import Registry
from groundup_orm.model import Model
from groundup_orm.pages import Page
from groundup_orm.query import Query
from groundup_orm.relationship import Relationship
from groundup_orm.rows import Row, Rows
from groundup_orm.session import Session
from groundup_orm.types import (
    JSON,
    Boolean,
    ColumnType,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
)

__all__ = [
    "JSON",
    "Boolean",
    "Column",
    "ColumnType",
    "Connection",
    "Database",
    "DatabaseError",
    "DateTime",
    "Expression",
    "Float",
    "ForeignKey",
    "Index",
    "Integer",
    "IntegrityError",
    "LargeBinary",
    "LazyLoadError",
    "MappingError",
    "MigrationError",
    "Model",
    "MultipleResultsFound",
    "NPlusOneWarning",
    "NoResultFound",
    "OperationalError",
    "OrmError",
    "Page",
    "Plan",
    "PoolTimeout",
    "ProgrammingError",
    "Query",
    "Registry",
    "Relationship",
    "Row",
    "Rows",
    "Session",
    "SessionError",
    "StaleDataError",
    "StatementRun",
    "String",
    "Text",
    "TransactionConflict",
    "UncommittedWarning",
    "Unique",
    "ValidationError",
    "and_",
    "default_database",
    "func",
    "not_",
    "or_",
    "set_default_database",
]
