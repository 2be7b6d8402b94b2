"""groundup_auth.totp: the vectors of RFC 6238 and RFC 4226, and codes as people type them."""

import base64
import sys

import pytest

from groundup_auth.totp import (
    STEP,
    find_step,
    format_uri,
    generate_secret,
    render_qr,
    totp_code,
)

SECRET = base64.b32encode(b"12345678901234567890").decode()
HOTP = [
    "755224", "287082", "359152", "969429", "338314",
    "254676", "287922", "162583", "399871", "520489",
]  # fmt: skip


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert totp_code(SECRET, counter) == code


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    assert totp_code(SECRET, moment // STEP) == code[-6:]


@pytest.mark.parametrize(
    ("drift", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(drift: int, accepted: bool) -> None:
    now = 1_700_000_010.0
    step = int(now) // STEP

    found = find_step(SECRET, totp_code(SECRET, step + drift), now)

    assert found == (step + drift if accepted else None)


@pytest.mark.parametrize(
    "typed", [" 755 224 ", "755224\n", "\uff17\uff15\uff15\uff12\uff12\uff14", "755\u2009224"]
)
def test_a_code_may_be_typed_with_spaces_and_in_any_width(typed: str) -> None:
    assert find_step(SECRET, typed, 0) == 0


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "75522",
        "7552244",
        "+55224",
        "75522a",
        "\u0667\u0665\u0665\u0662\u0662\u0664",
        pytest.param("7" * 10_000_000, id="endless"),
        pytest.param("\ud800", id="surrogate"),
    ],
)
def test_what_is_no_code_belongs_to_no_step(typed: str) -> None:
    assert find_step(SECRET, typed, 0) is None


def test_a_secret_has_160_random_bits() -> None:
    secrets = {generate_secret() for _ in range(50)}

    assert len(secrets) == 50
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_a_uri_survives_every_name() -> None:
    uri = format_uri("GEZDGNBV", "a&b=c@example.com", "The: Site/1?")

    assert uri.startswith("otpauth://totp/The%3A%20Site%2F1%3F:a%26b%3Dc%40example.com?")
    assert uri.count("?") == 1
    assert uri.count("&") == 1


def test_a_qr_code_is_an_svg() -> None:
    pytest.importorskip("segno")

    svg = render_qr(format_uri(SECRET, "alice@example.com", "The Site"))

    assert svg.startswith("<svg")
    assert SECRET not in svg


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)

    with pytest.raises(ImportError, match=r"groundup-auth\[qr\]"):
        render_qr("otpauth://totp/x")
