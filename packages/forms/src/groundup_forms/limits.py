"""How much a form may bring, and the count of what it has brought.

A form is a stranger's wish to fill our memory and our disk.  Each number below bounds one way of
doing so, and the error of status 413 names the number, so that whoever meets it knows what to
raise:

    memory    max_field x max_fields, but all fields together at most max_field_total;
              one part's head at most max_head; ``spool`` bytes of each file, but at most
              ``spool_total`` of all
    disk      max_file x max_files, but all files together at most max_file_total
    time      linear in the bytes; the number of parts is at most max_fields + max_files
"""

import math
from dataclasses import dataclass, fields

from groundup_forms.errors import FormError

__all__ = ["FormLimits", "Meter", "too_large"]

KIB, MIB, GIB = 1024, 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class FormLimits:
    """The limits of one form; frozen, so one object may serve all threads.

    >>> FormLimits(max_files=1).max_fields
    1000
    """

    max_fields: int = 1000
    """How many fields."""
    max_files: int = 100
    """How many files; those that were left empty in the page count too."""
    max_name: int = 1024
    """Bytes of the name of a field, or of a file."""
    max_field: int = MIB
    """Bytes of the value of one field."""
    max_field_total: int = 8 * MIB
    """Bytes of the names and values of all fields."""
    max_file: int | None = GIB
    """Bytes of one file; None for no limit but the body's own."""
    max_file_total: int | None = 4 * GIB
    """Bytes of all files; None for no limit but the body's own."""
    max_headers: int = 16
    """How many header fields one part of a multipart form may have."""
    max_head: int = 8 * KIB
    """Bytes of all header fields of one part."""
    spool: int = MIB
    """Bytes of one file that stay in memory; a larger file goes to the disk."""
    spool_total: int = 4 * MIB
    """Bytes of all files that stay in memory; the files that come after them go to the disk."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value: object = getattr(self, field.name)
            optional = field.name in {"max_file", "max_file_total"}
            if value is None and optional:
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{field.name} must be a number from 0, got {value!r}")


class Meter:
    """Count what one form brings, and refuse the first byte or part over a limit.

    >>> meter = Meter(FormLimits(max_field=4))
    >>> meter.start_field("name", 4)
    >>> meter.add(4)
    >>> meter.add(1)
    Traceback (most recent call last):
    groundup_forms.errors.FormError: field 'name' must not have more than 4 bytes (max_field)
    """

    __slots__ = ("_field", "_fields", "_fields_room", "_files", "_files_room", "_limits", "_room")

    def __init__(self, limits: FormLimits) -> None:
        self._limits = limits
        self._fields = limits.max_fields  # what may still come, here and below
        self._files = limits.max_files
        self._fields_room = limits.max_field_total
        self._files_room = _infinite(limits.max_file_total)
        self._room: float = 0  # bytes of the part under way
        self._field: str | None = None  # its name; None while it is a file

    def start_field(self, name: str, size: int) -> None:
        """Count one more field, whose name has ``size`` bytes.

        Raises:
            FormError: It is one too many, or its name is too long; status 413.
        """
        limits = self._limits
        if size > limits.max_name:
            raise too_large("name of a field", limits.max_name, "max_name")
        self._fields -= 1
        if self._fields < 0:
            raise too_large("form", limits.max_fields, "max_fields", "fields")
        self._field = name
        self._room = limits.max_field
        self._fields_room -= size
        if self._fields_room < 0:
            raise self._field_error()

    def start_file(self, size: int) -> None:
        """Count one more file; its names have ``size`` bytes.

        Raises:
            FormError: It is one too many, or a name is too long; status 413.
        """
        limits = self._limits
        if size > limits.max_name:
            raise too_large("name of a file", limits.max_name, "max_name")
        self._files -= 1
        if self._files < 0:
            raise too_large("form", limits.max_files, "max_files", "files")
        self._field = None
        self._room = _infinite(limits.max_file)

    def add(self, size: int) -> None:
        """Count bytes of the part under way.

        Raises:
            FormError: They are too many; status 413.
        """
        self._room -= size
        if self._field is None:
            self._files_room -= size
            if self._room < 0 or self._files_room < 0:
                raise self._file_error()
        else:
            self._fields_room -= size
            if self._room < 0 or self._fields_room < 0:
                raise self._field_error()

    def _field_error(self) -> FormError:
        if self._room < 0:
            what = f"field {(self._field or '')[:40]!r}"
            return too_large(what, self._limits.max_field, "max_field")
        return too_large("fields of a form", self._limits.max_field_total, "max_field_total")

    def _file_error(self) -> FormError:
        if self._room < 0:
            return too_large("file", self._limits.max_file, "max_file")
        return too_large("files of a form", self._limits.max_file_total, "max_file_total")


def too_large(what: str, limit: int | None, name: str, unit: str = "bytes") -> FormError:
    """Return the error for whatever passes a limit; it names the limit and where it is set."""
    return FormError(f"{what} must not have more than {limit} {unit} ({name})", status=413)


def _infinite(limit: int | None) -> float:
    return math.inf if limit is None else limit
