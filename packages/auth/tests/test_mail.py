"""groundup_auth.mail: mails that arrive whole, and fields that cannot be smuggled in."""

import email
import email.policy
import io
import re
import threading
from pathlib import Path

import pytest

from groundup_auth import ConsoleMailer, FileMailer, MemoryMailer, Message
from groundup_auth.mail import format_message, is_instant, write_reset

MESSAGE = Message("alice@example.com", "Choose a new password", "Here: tök3n\n")


def test_a_message_has_the_fields_of_one() -> None:
    formatted = format_message(MESSAGE, "site@example.com")

    assert formatted["From"] == "site@example.com"
    assert formatted["To"] == "alice@example.com"
    assert formatted["Message-ID"].endswith("@example.com>")
    assert formatted["Auto-Submitted"] == "auto-generated"
    assert formatted.get_content() == "Here: tök3n\n"


@pytest.mark.parametrize(
    "message",
    [
        Message("alice@example.com\r\nBcc: eve@example.com", "x", "x"),
        Message("alice@example.com", "x\r\nBcc: eve@example.com", "x"),
        Message("alice@example.com", "x\nBcc: eve@example.com", "x"),
    ],
    ids=["to", "subject", "bare-lf"],
)
def test_a_line_break_begins_no_field(message: Message) -> None:
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|carriage"):
        format_message(message, "site@example.com")


def test_a_message_does_not_show_the_token() -> None:
    assert "tök3n" not in repr(MESSAGE)


def test_a_reset_says_where_to_go_and_how_long() -> None:
    bare = write_reset("alice@example.com", "T0KEN", None, 60)
    linked = write_reset("alice@example.com", "T0KEN", "https://x.example/r?t={token}", 5)

    assert "\n\nT0KEN\n\n" in bare.body
    assert "within 60 minutes" in bare.body
    assert "\n\nhttps://x.example/r?t=T0KEN\n\n" in linked.body
    assert "within 5 minutes" in linked.body


def test_the_console_prints_to_where_it_is_told() -> None:
    stream = io.StringIO()

    ConsoleMailer(stream).send(MESSAGE)

    assert "To: alice@example.com\n" in stream.getvalue()
    assert "Here: tök3n" in stream.getvalue()


def test_the_console_prints_to_standard_output_of_the_moment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ConsoleMailer().send(MESSAGE)

    assert "Here: tök3n" in capsys.readouterr().out


def test_every_mail_has_a_file_of_its_own(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "mails" / "out", sender="site@example.com")
    threads = [threading.Thread(target=mailer.send, args=(MESSAGE,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    files = sorted((tmp_path / "mails" / "out").iterdir())

    assert len(files) == 20
    assert all(re.fullmatch(r"\d{20}-\d+-\d+\.eml", file.name) for file in files)
    parsed = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert parsed.get_content() == "Here: tök3n\r\n"


def test_memory_keeps_the_newest() -> None:
    mailer = MemoryMailer(max_messages=2)

    for number in range(5):
        mailer.send(Message("alice@example.com", str(number), ""))

    assert [message.subject for message in mailer.messages] == ["3", "4"]


def test_memory_refuses_what_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|carriage"):
        MemoryMailer().send(Message("a\nb", "", ""))


class Slow:
    def send(self, message: Message, /) -> None:
        """Take a while."""


def test_a_mailer_is_slow_unless_it_says_otherwise() -> None:
    assert is_instant(MemoryMailer())
    assert is_instant(ConsoleMailer())
    assert not is_instant(Slow())
