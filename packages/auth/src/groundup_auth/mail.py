"""Write mails, and hand them to someone who brings them: RFC 5322 by the standard library.

    ConsoleMailer   prints them           development: the token stands in the terminal
    FileMailer      one .eml file each    opens in every mail program
    MemoryMailer    keeps them            tests: mailer.messages[-1].body
    SMTPMailer      sends them            in ``smtp``, with a thread of its own

Whoever asks for a reset must not see from the time it takes whether a mail was sent.  The mailers
here are done at once, and say so (``instant``); every other one runs on a thread of its own.
"""

import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO, runtime_checkable

if TYPE_CHECKING:
    from email.message import EmailMessage

__all__ = [
    "ConsoleMailer",
    "FileMailer",
    "Instant",
    "Mailer",
    "MemoryMailer",
    "Message",
    "format_message",
    "write_reset",
]

SENDER = "noreply@localhost"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail of plain text.  The body may hold a token, so it is not shown by ``repr``."""

    to: str
    subject: str
    body: str = field(repr=False)


class Mailer(Protocol):
    """Whatever can send a mail.  Called from one thread at a time, unless it is ``instant``."""

    def send(self, message: Message, /) -> None:
        """Send a mail, or raise."""
        ...


@runtime_checkable
class Instant(Protocol):
    """A mailer that takes no time, and may be called from every thread."""

    @property
    def instant(self) -> bool:
        """Whether ``send`` returns at once."""
        ...


def format_message(message: Message, sender: str) -> "EmailMessage":
    """Return a message with its header fields.

    Raises:
        ValueError: A line break in a field, which would begin another.
    """
    # Most processes never write a mail, and these cost time to start.
    from email.message import EmailMessage  # noqa: PLC0415 - see above
    from email.policy import SMTP  # noqa: PLC0415 - see above
    from email.utils import formatdate, make_msgid  # noqa: PLC0415 - see above

    formatted = EmailMessage(policy=SMTP)
    formatted["From"] = sender
    formatted["To"] = message.to
    formatted["Subject"] = message.subject
    formatted["Date"] = formatdate()
    formatted["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    formatted["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    formatted.set_content(message.body)
    return formatted


def write_reset(email: str, token: str, url: str | None, minutes: int) -> Message:
    """Return the mail that brings a reset token.

    Args:
        email: The address of the account.
        token: What proves that the mail was read.
        url: Where to go, with ``{token}`` in it; None to show the bare token.
        minutes: How long the token works.
    """
    where = "Use this token" if url is None else "Open this page"
    shown = token if url is None else url.replace("{token}", token)
    body = (
        "Someone, hopefully you, asked for a new password.\n"
        f"{where} within {minutes} minutes; it works once:\n\n"
        f"{shown}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    return Message(email, "Choose a new password", body)


class ConsoleMailer:
    """Print mails.  May be shared between threads.

    Args:
        stream: Where to; standard output as it is at that moment, if none is given.
    """

    instant = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message, /) -> None:
        """Print a mail."""
        stream = self._stream or sys.stdout
        with self._lock:
            stream.write(f"To: {message.to}\nSubject: {message.subject}\n\n{message.body}\n")
            stream.flush()


class FileMailer:
    """Write each mail to a file of its own.  May be shared between threads and processes."""

    instant = True

    def __init__(self, folder: str | PathLike[str], *, sender: str = SENDER) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sender = sender
        self._numbers = count(1)

    def send(self, message: Message, /) -> None:
        """Write a mail; the names of the files sort by time."""
        formatted = format_message(message, self._sender).as_bytes()
        name = f"{time.time_ns():020}-{next(self._numbers)}-{threading.get_native_id()}.eml"
        with (self._folder / name).open("xb") as file:
            file.write(formatted)


class MemoryMailer:
    """Keep mails in ``messages``, the newest last.  May be shared between threads.

    >>> mailer = MemoryMailer()
    >>> mailer.send(Message("alice@example.com", "Hello", "Nice to meet you."))
    >>> mailer.messages[-1].body
    'Nice to meet you.'
    """

    instant = True

    def __init__(self, max_messages: int = 1000) -> None:
        self.messages: deque[Message] = deque(maxlen=max_messages)

    def send(self, message: Message, /) -> None:
        """Keep a mail, and forget the oldest one when there are too many."""
        format_message(message, SENDER)  # what cannot be sent must not pass a test
        self.messages.append(message)


def is_instant(mailer: Mailer) -> bool:
    """Return whether a mailer says that it takes no time."""
    return isinstance(mailer, Instant) and mailer.instant
