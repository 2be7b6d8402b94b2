"""python -m groundup_auth: what it shows, and what it says to nonsense."""

import io
import subprocess
import sys

import pytest

from groundup_auth import TokenSigner
from groundup_auth.__main__ import describe_token, main

TOKEN = TokenSigner(["a key of at least thirty-two bytes"], clock=lambda: 1_700_000_000).sign(
    "access", user_id=42, session_id="s", generation=1, expires_at=1_700_003_600
)


def test_a_token_is_shown_part_by_part() -> None:
    lines = list(describe_token(TOKEN, now=1_700_003_600))

    assert lines[0].startswith("head     alg HS256, kid ")
    assert lines[1] == "claims   iss groundup"
    assert "         sub 42" in lines
    assert "         exp 1700003600 = 2023-11-14 23:13:20 UTC, over" in lines
    assert lines[-1].startswith("mac      32 bytes, not checked")
    assert any(line.endswith("to come") for line in describe_token(TOKEN, now=1_700_003_599))


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "W10.e30.x", "x" * 20_000, "bnVsbA.e30.x", "é.é.é"]
)
def test_what_is_no_token_is_one_line_and_status_1(
    token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", token]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "must be" in captured.err
    assert captured.err.count("\n") == 1


def test_a_moment_that_is_none_is_shown_as_it_stands() -> None:
    odd = "e30.eyJleHAiOiAxZTk5LCAiaWF0IjogIngifQ.x"

    assert list(describe_token(odd, 0))[1:3] == ["claims   exp 1e+99", "         iat x"]


@pytest.mark.parametrize(
    ("typed", "status", "shown"),
    [("SecurePass123!\n", 0, "good: 14"), ("P@ssw0rd\n", 1, "tried first"), ("", 1, "at least 8")],
)
def test_a_password_is_judged(
    typed: str,
    status: int,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))

    assert main(["password", "--email", "alice@example.com"]) == status

    printed = capsys.readouterr().out
    assert shown in printed
    assert typed.strip() == "" or typed.strip() not in printed


def test_a_code_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["totp", "gezd gnbv"]) == 0
    assert " more seconds" in capsys.readouterr().out
    assert main(["totp", "0189"]) == 1
    assert "must be base32" in capsys.readouterr().err


def test_it_runs_as_a_module_and_its_help_teaches() -> None:
    command = [sys.executable, "-m", "groundup_auth", "--help"]

    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "examples:" in result.stdout
