"""Server-side sessions in memory, files or Redis, with CSRF tokens and flash messages."""
