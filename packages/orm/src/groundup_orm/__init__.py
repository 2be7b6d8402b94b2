"""A small object-relational mapper for SQLite and PostgreSQL."""
