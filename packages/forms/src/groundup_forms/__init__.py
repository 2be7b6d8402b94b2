"""Streaming form parsing: urlencoded, multipart with uploads, JSON."""
