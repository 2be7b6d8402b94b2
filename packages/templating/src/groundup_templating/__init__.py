"""A template engine that compiles to Python and escapes by context."""
