"""groundup_auth.tokens: what RFC 8725 warns of, and tokens that others made."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_auth import ConfigurationError, TokenError, TokenExpired, TokenSigner
from groundup_auth.tokens import Use, list_keys, name_key

KEY = "a key of at least thirty-two bytes"
OTHER = "another key of at least thirty-two bytes"
NOW = 1_700_000_000
SIGNER = TokenSigner([KEY], clock=lambda: NOW)


def make(use: Use = "access", signer: TokenSigner = SIGNER, expires_at: int = NOW + 60) -> str:
    return signer.sign(use, user_id=42, session_id="s", generation=3, expires_at=expires_at)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, _ = token.split(".")
    return read(head), read(claims)


def read(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return decoded


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forge(
    head: dict[str, Any] | None = None,
    key: str = KEY,
    digest: str = "sha256",
    without: str = "",
    **claims: Any,
) -> str:
    """Make a token with other parts, signed with the key as an attacker who had it would."""
    old_head, old_claims = parts(make())
    wanted = {**old_claims, **claims}
    wanted.pop(without, None)
    signed = f"{encode({**old_head, **(head or {})})}.{encode(wanted)}"
    mac = hmac.digest(key.encode(), signed.encode(), digest)
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_a_token_says_what_was_signed() -> None:
    claims = SIGNER.read(make(), "access")

    assert (claims.user_id, claims.session_id, claims.generation) == (42, "s", 3)
    assert claims.expires_at == NOW + 60


def test_a_token_holds_all_claims_and_nothing_about_the_person() -> None:
    head, claims = parts(make())

    assert head == {"alg": "HS256", "kid": name_key(KEY.encode()), "typ": "JWT"}
    assert set(claims) == {
        "iss", "aud", "sub", "sid", "use", "gen", "jti", "iat", "nbf", "exp"
    }  # fmt: skip


def test_no_two_tokens_are_the_same() -> None:
    assert len({make() for _ in range(20)}) == 20


def test_the_forgery_of_these_tests_is_one_that_works() -> None:
    assert SIGNER.read(forge(sub="7"), "access").user_id == 7


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(forge(key=OTHER), id="another-key"),
        pytest.param(forge({"alg": "none"}), id="alg-none"),
        pytest.param(forge({"alg": "none"}).rpartition(".")[0] + ".", id="alg-none-unsigned"),
        pytest.param(forge({"alg": "NONE"}).rpartition(".")[0] + ".", id="alg-upper-none"),
        pytest.param(forge({"alg": "HS512"}, digest="sha512"), id="alg-hs512"),
        pytest.param(forge({"alg": "HS384"}, digest="sha384"), id="alg-hs384"),
        pytest.param(forge({"alg": "RS256"}), id="alg-rs256"),
        pytest.param(forge({"kid": "unknown"}), id="kid-unknown"),
        pytest.param(forge({"kid": "../../dev/null"}), id="kid-path"),
        pytest.param(forge({"kid": None}), id="kid-null"),
        pytest.param(forge({"kid": ["x"]}), id="kid-list"),
        pytest.param(forge({"crit": ["exp"]}), id="crit"),
        pytest.param(forge(iss="somebody"), id="iss"),
        pytest.param(forge(aud="another"), id="aud"),
        pytest.param(forge(aud=["another", "third"]), id="aud-list"),
        pytest.param(forge(nbf=NOW + 6), id="not-yet"),
        *[
            pytest.param(forge(without=name), id=f"without-{name}")
            for name in ("iss", "aud", "sub", "sid", "use", "gen", "jti", "iat", "nbf", "exp")
        ],
    ],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(TokenError) as caught:
        SIGNER.read(token, "access")

    assert not isinstance(caught.value, TokenExpired)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("..", id="dots"),
        pytest.param("a.b.c", id="letters"),
        pytest.param("a" * 2049, id="too-long"),
        pytest.param("é.é.é", id="not-ascii"),
        pytest.param(None, id="none"),
        pytest.param(b"a.b.c", id="bytes"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 1500).decode()[:2000] + ".e30.x", id="deep"),
        pytest.param("bnVsbA.bnVsbA.x", id="null"),
    ],
)
def test_whatever_comes_is_an_answer_and_no_crash(token: Any) -> None:
    with pytest.raises(TokenError):
        SIGNER.read(token, "access")


@settings(max_examples=100, deadline=None)
@given(st.text() | st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode() + ".e30.e30"))
def test_noise_is_refused(noise: str) -> None:
    with pytest.raises(TokenError):
        SIGNER.read(noise, "access")


def test_no_character_of_a_token_can_be_changed() -> None:
    token = make()

    for at, character in enumerate(token):
        changed = token[:at] + ("A" if character != "A" else "B") + token[at + 1 :]
        if at == len(token) - 1:  # its last two bits are padding
            continue
        with pytest.raises(TokenError):
            SIGNER.read(changed, "access")


def test_a_token_of_another_use_opens_nothing() -> None:
    with pytest.raises(TokenError, match="must be for access, got one for 'refresh'"):
        SIGNER.read(make("refresh"), "access")
    with pytest.raises(TokenError, match="must be for refresh"):
        SIGNER.read(make("access"), "refresh")
    assert SIGNER.read(make("refresh"), None).user_id == 42


@pytest.mark.parametrize(("moment", "valid"), [(0, True), (59.9, True), (60, False), (1e6, False)])
def test_a_token_works_until_its_time_is_over(moment: float, valid: bool) -> None:
    later = TokenSigner([KEY], clock=lambda: NOW + moment)

    if valid:
        assert later.read(make(), "access").user_id == 42
    else:
        with pytest.raises(TokenExpired):
            later.read(make(), "access")
        assert later.read(make(), "access", expired=True).user_id == 42


@pytest.mark.parametrize(("ahead", "valid"), [(5, True), (6, False)])
def test_the_clock_of_the_maker_may_be_a_little_ahead(ahead: int, valid: bool) -> None:
    token = make(signer=TokenSigner([KEY], clock=lambda: NOW + ahead))

    if valid:
        assert SIGNER.read(token, "access").user_id == 42
    else:
        with pytest.raises(TokenError, match="not valid yet"):
            SIGNER.read(token, "access")


def test_a_service_with_the_same_key_and_another_name_takes_none() -> None:
    for other in ({"issuer": "x"}, {"audience": "x"}):
        with pytest.raises(TokenError):
            TokenSigner([KEY], clock=lambda: NOW, **other).read(make(), "access")


def test_keys_can_be_changed_without_ending_tokens() -> None:
    both = TokenSigner([OTHER, KEY], clock=lambda: NOW)
    new = TokenSigner([OTHER], clock=lambda: NOW)

    assert both.read(make(), "access").user_id == 42
    assert new.read(make(signer=both), "access").user_id == 42
    with pytest.raises(TokenError, match="not in use"):
        new.read(make(), "access")


def test_an_independent_reader_understands_a_token() -> None:
    token = make(expires_at=2**40)

    claims = jwt.decode(token, KEY, ["HS256"], audience="groundup", options={"verify_iat": False})  # pyright: ignore[reportUnknownMemberType]  # its types need cryptography

    assert claims["sub"] == "42"


@pytest.mark.parametrize("keys", [[], ["short"], [KEY, "x" * 31], [b""]])
def test_refuses_keys_that_can_be_guessed(keys: list[str | bytes]) -> None:
    with pytest.raises(ConfigurationError, match="secret must"):
        TokenSigner(keys)


def test_the_name_of_a_key_does_not_tell_the_key() -> None:
    assert name_key(KEY.encode()) != hashlib.sha256(KEY.encode()).hexdigest()[:16]


def test_a_secret_is_one_key_or_many() -> None:
    assert list_keys(KEY) == [KEY]
    assert list_keys(KEY.encode()) == [KEY.encode()]
    assert list_keys([KEY, OTHER]) == [KEY, OTHER]


def test_no_secret_is_a_random_one() -> None:
    (one,), (other,) = list_keys(None), list_keys(None)

    assert len(one) == 32
    assert one != other
