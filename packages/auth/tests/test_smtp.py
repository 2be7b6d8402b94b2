"""groundup_auth.smtp: mails over a socket to a small real server, and a queue that gives way."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from groundup_auth import BackgroundMailer, ConfigurationError, Message, SMTPMailer

MESSAGE = Message("alice@example.com", "Choose a new password", "Here: tök3n\n.\nEnd\n")


class Conversation(socketserver.StreamRequestHandler):
    """One client of the server: enough of RFC 5321 to take a mail."""

    def handle(self) -> None:
        """Speak until the client quits."""
        server = self.server
        assert isinstance(server, MailServer)
        self.answer("220 ready")
        while line := self.rfile.readline():
            server.commands.append(line.decode().strip())
            match line.split()[0].upper():
                case b"EHLO":
                    self.answer("250-hello\r\n250 SMTPUTF8" if server.knows_utf8 else "250 hello")
                case b"DATA":
                    self.answer("354 go on")
                    server.mails.append(self.read_mail())
                    self.answer("250 taken")
                case b"RCPT" if server.refuses:
                    self.answer("550 nobody here")
                case b"QUIT":
                    self.answer("221 bye")
                    return
                case _:
                    self.answer("250 fine")

    def answer(self, line: str) -> None:
        """Send a line."""
        self.wfile.write(line.encode() + b"\r\n")

    def read_mail(self) -> bytes:
        """Read up to the dot that stands alone, and take away those that were doubled."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on a free port."""

    allow_reuse_address = True
    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.refuses = False
        self.knows_utf8 = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.socket.getsockname()[1])


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def open_mailer(server: MailServer) -> SMTPMailer:
    return SMTPMailer("127.0.0.1", server.port, security="none", sender="site@example.com")


def test_a_mail_arrives_whole(server: MailServer) -> None:
    open_mailer(server).send(MESSAGE)

    assert any("mail from:<site@example.com>" in line.lower() for line in server.commands)
    assert any("rcpt to:<alice@example.com>" in line.lower() for line in server.commands)
    assert server.commands[-1].lower() == "quit"
    assert b"To: alice@example.com\r\n" in server.mails[0]
    assert server.mails[0].endswith(b"\r\n.\r\nEnd\r\n")


def test_a_mail_that_is_refused_is_an_error(server: MailServer) -> None:
    server.refuses = True

    with pytest.raises(OSError, match="nobody here"):
        open_mailer(server).send(MESSAGE)


def test_an_address_in_other_letters_needs_a_server_that_knows_them(server: MailServer) -> None:
    message = Message("josé@example.com", "Hello", "x")
    open_mailer(server).send(message)
    assert len(server.mails) == 1

    server.knows_utf8 = False
    with pytest.raises(OSError, match="SMTPUTF8"):
        open_mailer(server).send(message)


def test_a_server_that_cannot_encrypt_gets_no_mail(server: MailServer) -> None:
    with pytest.raises(OSError, match="STARTTLS"):
        SMTPMailer("127.0.0.1", server.port).send(MESSAGE)

    assert server.mails == []


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        SMTPMailer("127.0.0.1", port, security="none").send(MESSAGE)


def test_the_port_follows_from_the_encryption() -> None:
    assert [
        SMTPMailer("x", security=security)._port for security in ("starttls", "tls", "none")
    ] == [587, 465, 25]


def test_a_password_does_not_go_over_an_open_connection() -> None:
    with pytest.raises(ConfigurationError, match="open connection"):
        SMTPMailer("x", security="none", username="site", password="x")
    with pytest.raises(ConfigurationError, match="must be one of starttls, tls, none"):
        SMTPMailer("x", security="ssl")  # type: ignore[arg-type]  # what an untyped caller does


class Gate:
    """A mailer that waits until it is opened, and can fail."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.entered = threading.Event()
        self.sent: list[str] = []
        self.fails = False

    def send(self, message: Message, /) -> None:
        """Wait, then send or fail."""
        self.entered.set()
        self.opened.wait(30)
        if self.fails:
            raise OSError("no route to host")
        self.sent.append(message.subject)


def test_sending_returns_at_once_and_closing_sends_what_waits() -> None:
    gate = Gate()
    mailer = BackgroundMailer(gate)

    for number in range(5):
        mailer.send(Message("alice@example.com", str(number), ""))

    assert gate.sent == []
    gate.opened.set()
    mailer.close()
    mailer.close()
    assert gate.sent == ["0", "1", "2", "3", "4"]


def test_more_than_may_wait_is_dropped_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    mailer = BackgroundMailer(gate, max_waiting=2)
    mailer.send(Message("alice@example.com", "0", "the token"))
    assert gate.entered.wait(30)

    for number in range(1, 5):
        mailer.send(Message("alice@example.com", str(number), "the token"))

    gate.opened.set()
    mailer.close()
    assert gate.sent == ["0", "1", "2"]
    assert caplog.text.count("dropped one to 'alice@example.com'") == 2
    assert "the token" not in caplog.text


def test_a_mail_that_fails_is_logged_and_the_next_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate()
    gate.fails = True
    gate.opened.set()
    mailer = BackgroundMailer(gate)

    mailer.send(Message("alice@example.com", "x", "the token"))
    mailer.send(Message("bob@example.com", "x", "the token"))

    mailer.close()
    assert "mail to 'alice@example.com' could not be sent" in caplog.text
    assert "mail to 'bob@example.com' could not be sent" in caplog.text
    assert "the token" not in caplog.text


def test_a_server_that_hangs_does_not_hold_up_the_end(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    mailer = BackgroundMailer(gate, max_waiting=1)
    for _ in range(2):
        mailer.send(MESSAGE)
        assert gate.entered.wait(30)

    mailer.close(timeout=0.01)

    assert "mail server is too slow: dropped" in caplog.text
    gate.opened.set()
    thread = mailer._thread
    assert thread is not None
    mailer.close()
    assert not thread.is_alive()


def test_a_closed_mailer_takes_nothing() -> None:
    mailer = BackgroundMailer(Gate())
    mailer.close()

    with pytest.raises(ValueError, match="mailer is closed"):
        mailer.send(MESSAGE)
