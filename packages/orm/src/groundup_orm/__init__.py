"""A small object-relational mapper for SQLite and PostgreSQL.

Models describe tables, sessions save objects, queries are built in Python and become SQL with
parameters.  Plain SQL is never far: ``database.fetch("SELECT …")``.
"""

from groundup_orm.asynchronous import AsyncQuery, AsyncSession
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
from groundup_orm.migrationfiles import Migration
from groundup_orm.migrations import MigrationState, Migrator
from groundup_orm.model import Model
from groundup_orm.pages import Page
from groundup_orm.query import Query
from groundup_orm.relationship import Relationship, eager
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
    "AsyncQuery",
    "AsyncSession",
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
    "Migration",
    "MigrationError",
    "MigrationState",
    "Migrator",
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
    "eager",
    "func",
    "not_",
    "or_",
    "set_default_database",
]
