"""Send mails: SMTP, RFC 5321, by the standard library.  Talks to the network.

    send(message) ─► a queue, bounded ─► one thread ─► SMTPMailer ─► server

A mail that cannot be sent is logged, with its address and without its text, and is not tried again:
the person will ask again, and the log says why nothing came.
"""

import contextlib
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Literal

from groundup_auth.errors import ConfigurationError
from groundup_auth.mail import SENDER, Mailer, Message, format_message

if TYPE_CHECKING:
    import smtplib

__all__ = ["BackgroundMailer", "SMTPMailer"]

logger = logging.getLogger(__name__)


class SMTPMailer:
    """Send each mail over a connection of its own.  May be shared between threads.

    Args:
        host: The server that takes mails from us.
        port: 587 for ``starttls``, 465 for ``tls``, 25 for ``none``, if not given.
        username: If the server wants to know who we are; not without encryption.
        password: What proves it.
        security: How the connection is encrypted.  Certificates are verified.
        sender: What stands in ``From``.
        timeout: Seconds for each step.
    """

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        username: str | None = None,
        password: str | None = None,
        security: Literal["starttls", "tls", "none"] = "starttls",
        sender: str = SENDER,
        timeout: float = 15,
    ) -> None:
        ports = {"starttls": 587, "tls": 465, "none": 25}
        if security not in ports:
            raise ConfigurationError(
                f"security must be one of {', '.join(ports)}, got {security!r:.40}"
            )
        if username is not None and security == "none":
            raise ConfigurationError("username and password must not go over an open connection")
        self._host = host
        self._port = ports[security] if port is None else port
        self._login = (username, password or "") if username is not None else None
        self._security = security
        self._sender = sender
        self._timeout = timeout

    def send(self, message: Message, /) -> None:
        """Send a mail.

        Raises:
            OSError: The server cannot be reached, or does not take it (``SMTPException``).
        """
        formatted = format_message(message, self._sender)
        with self._connect() as server:
            if self._login is not None:
                server.login(*self._login)
            server.send_message(formatted)

    def _connect(self) -> "smtplib.SMTP":
        # Whoever sends no mail does not wait for them at every start.
        import smtplib  # noqa: PLC0415 - see above
        import ssl  # noqa: PLC0415 - see above

        context = ssl.create_default_context()
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        if self._security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server


class BackgroundMailer:
    """Hand mails to a slow mailer on a thread.  May be shared between threads.

    Args:
        mailer: Who sends them, one after the other.
        max_waiting: How many may wait; more are dropped, and logged.
    """

    instant = True

    def __init__(self, mailer: Mailer, *, max_waiting: int = 1000) -> None:
        self._mailer = mailer
        self._queue: queue.Queue[Message | None] = queue.Queue(max_waiting)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def send(self, message: Message, /) -> None:
        """Take a mail and return at once."""
        with self._lock:
            if self._closed:
                raise ValueError("mailer is closed")
            if self._thread is None or not self._thread.is_alive():  # not after a fork
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()
            if self._queue.full():  # nobody else puts: we hold the lock
                logger.error("too many mails are waiting: dropped one to %r", message.to)
            else:
                self._queue.put(message)

    def close(self, timeout: float = 30) -> None:
        """Send what waits, and stop; what is not sent in time is dropped, and logged."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is None or not thread.is_alive():
            return
        ends = time.monotonic() + timeout
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout)
        thread.join(max(0.0, ends - time.monotonic()))
        if thread.is_alive():  # a daemon: it does not keep the process
            logger.error("mail server is too slow: dropped %d mails", self._queue.qsize())

    def _run(self) -> None:
        while (message := self._queue.get()) is not None:
            try:
                self._mailer.send(message)
            except Exception:
                logger.exception("mail to %r could not be sent", message.to)
