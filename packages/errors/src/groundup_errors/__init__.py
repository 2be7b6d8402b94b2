"""Exceptions that know their status, error handlers, problem details and structured logs."""
