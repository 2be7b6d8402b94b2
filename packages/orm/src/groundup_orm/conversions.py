r"""Convert values between Python and PostgreSQL as psycopg's own cursors do: touches no network.

    7                       ─► dumper of int       ─► b"\x00\x07", int2
    b"2030-01-01 00:00+00"  ─► loader of oid 1184  ─► datetime(2030, 1, 1, tzinfo=UTC)

A ``Transformer`` finds a dumper or loader by type, makes it and keeps it.  Cursors make a new one
for each statement, since loaders read a few settings when they are made, and SET may change those.
The server reports such a change, though, and to look the four up is faster than to make all anew.
"""

from typing import Any

import psycopg
from psycopg import abc
from psycopg.adapt import Transformer

__all__ = ["Conversions"]


class Conversions:
    """The conversions of one connection.

    Args:
        raw: psycopg's connection.
    """

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self._raw = raw
        self._read_setting = raw.pgconn.parameter_status
        self._settings: tuple[bytes | None, ...] = ()
        self._transformer: abc.Transformer = Transformer(raw)
        self.encoding = self._transformer.encoding

    def current(self) -> abc.Transformer:
        """Return what converts values as the settings are now."""
        read = self._read_setting
        settings = (
            read(b"TimeZone"),
            read(b"DateStyle"),
            read(b"IntervalStyle"),
            read(b"client_encoding"),
        )
        if settings != self._settings:
            self._settings = settings
            self._transformer = Transformer(self._raw)
            self.encoding = self._transformer.encoding
        return self._transformer
