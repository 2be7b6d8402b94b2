"""groundup_sessions.csrf: forms of this site pass, and nobody else's."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_sessions import CSRFError, Session, check_csrf, csrf_middleware, csrf_token

FORM = "application/x-www-form-urlencoded"
HOST = {"Host": "site.example"}


class Fields(dict[str, str]):
    """Header fields that are found in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


@dataclass
class Request:
    method: str
    headers: Fields
    session: Session
    form: Any = field(default_factory=dict[str, str])


class Streamed(Request):
    """A request whose body is not read."""

    @property
    def form(self) -> Any:
        """Refuse."""
        raise RuntimeError("body is not read")

    @form.setter
    def form(self, value: Any) -> None: ...


def known() -> Session:
    return Session("x" * 43, {"user_id": "42"})


async def handler() -> str:
    return "answer"


async def send(request: Request, **arguments: Any) -> bool:
    """Return whether a request passed the layer."""
    try:
        return bool(await csrf_middleware(**arguments)(request, handler) == "answer")
    except CSRFError:
        return False


def test_a_token_is_of_its_session() -> None:
    session, other = Session(), Session()
    token = csrf_token(session)
    csrf_token(other)

    assert check_csrf(session, token)
    assert not check_csrf(other, token)
    assert not check_csrf(Session(), token)


def test_every_token_looks_different_and_works() -> None:
    session = Session()
    tokens = [csrf_token(session) for _ in range(20)]

    assert len({token[:8] for token in tokens}) == 20
    assert len({token[-8:] for token in tokens}) == 20
    assert all(check_csrf(session, token) for token in tokens)
    assert session["_csrf"] not in "".join(tokens)


def test_the_secret_is_kept_and_made_anew_at_a_log_in() -> None:
    session = known()
    token = csrf_token(session)
    assert check_csrf(session, token)

    session.rotate()

    assert not check_csrf(session, token)
    assert check_csrf(session, csrf_token(session))


CHANGES: list[Callable[[str], object]] = [
    lambda token: None,
    lambda token: "",
    lambda token: token[:-1],
    lambda token: token + "A",
    lambda token: token[:-2] + "!!",
    lambda token: token.swapcase(),
    lambda token: "é" * 86,
    lambda token: "A" * 86,
    lambda token: token[43:] + token[:43],
    lambda token: 7,
    lambda token: token.encode(),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_what_is_not_the_token_is_refused(change: Callable[[str], object]) -> None:
    session = Session()

    assert not check_csrf(session, change(csrf_token(session)))


def test_no_bit_of_a_token_can_be_changed() -> None:
    session = Session()
    raw = base64.urlsafe_b64decode(csrf_token(session) + "==")

    for at in range(0, 8 * len(raw), 7):
        changed = bytearray(raw)
        changed[at // 8] ^= 1 << at % 8
        token = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert not check_csrf(session, token)


@given(st.text() | st.text("ABCdef-_", min_size=86, max_size=86))
def test_noise_is_refused(noise: str) -> None:
    session = Session()
    csrf_token(session)

    assert not check_csrf(session, noise)


@pytest.mark.parametrize("stored", ["", "short", 7, None, ["x"], "é" * 43])
def test_a_secret_that_is_none_is_replaced(stored: Any) -> None:
    session = Session()
    session["_csrf"] = stored

    assert not check_csrf(session, "A" * 86)
    assert check_csrf(session, csrf_token(session))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
async def test_safe_methods_pass(method: str) -> None:
    assert await send(Request(method, Fields({"Sec-Fetch-Site": "cross-site"}), known()))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "INVENTED"])
async def test_every_other_method_needs_a_token(method: str) -> None:
    request = Request(method, Fields(HOST), known())
    assert not await send(request)

    request.headers["x-csrf-token"] = csrf_token(request.session)

    assert await send(request)


@pytest.mark.parametrize(
    ("content_type", "passes"),
    [
        (FORM, True),
        (f"{FORM}; charset=utf-8", True),
        ("multipart/form-data; boundary=x", True),
        (FORM.upper(), True),
        ("application/json", False),
        ("text/plain", False),
        ("", False),
    ],
)
async def test_the_token_may_stand_in_a_form(content_type: str, *, passes: bool) -> None:
    request = Request("POST", Fields({**HOST, "Content-Type": content_type}), known())
    request.form = {"csrf_token": csrf_token(request.session)}

    assert await send(request) is passes


async def test_a_wrong_field_is_not_made_good_by_the_form() -> None:
    request = Request("POST", Fields({**HOST, "Content-Type": FORM}), known())
    request.form = {"csrf_token": csrf_token(request.session)}
    request.headers["X-CSRF-Token"] = "wrong"

    assert not await send(request)


async def test_a_body_that_is_not_read_needs_the_field() -> None:
    request = Streamed("POST", Fields({**HOST, "Content-Type": FORM}), known())
    assert not await send(request)

    request.headers["X-CSRF-Token"] = csrf_token(request.session)

    assert await send(request)


async def test_a_token_of_another_session_does_not_pass() -> None:
    request = Request("POST", Fields(HOST), known())
    csrf_token(request.session)
    request.headers["X-CSRF-Token"] = csrf_token(known())

    assert not await send(request)


ORIGINS = [
    pytest.param({}, True, id="program"),
    pytest.param({"Sec-Fetch-Site": "same-origin"}, True, id="own-page"),
    pytest.param({"Sec-Fetch-Site": "none"}, True, id="typed"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, False, id="subdomain"),
    pytest.param({"Sec-Fetch-Site": "cross-site"}, False, id="other-site"),
    pytest.param({"Sec-Fetch-Site": ""}, False, id="empty"),
    pytest.param({"Origin": "https://site.example"}, True, id="origin"),
    pytest.param({"Origin": "https://SITE.example"}, True, id="origin-case"),
    pytest.param({"Origin": "https://evil.example"}, False, id="origin-other"),
    pytest.param({"Origin": "https://site.example.evil.example"}, False, id="origin-longer"),
    pytest.param({"Origin": "https://site.example:444"}, False, id="origin-port"),
    pytest.param({"Origin": "null"}, False, id="origin-null"),
    pytest.param({"Origin": "null", "Host": ""}, False, id="null-and-no-host"),
    pytest.param({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True, id="no-referrer"),
    pytest.param({"Origin": "https://[::1"}, False, id="origin-broken"),
    pytest.param(
        {"Origin": "https://site.example", "Sec-Fetch-Site": "cross-site"}, False, id="both"
    ),
]


@pytest.mark.parametrize(("headers", "passes"), ORIGINS)
async def test_a_right_token_passes_from_pages_of_this_site_only(
    headers: dict[str, str], *, passes: bool
) -> None:
    request = Request("POST", Fields({**HOST, **headers}), known())
    request.headers["X-CSRF-Token"] = csrf_token(request.session)

    assert await send(request) is passes


@pytest.mark.parametrize(("headers", "passes"), ORIGINS)
async def test_a_log_in_without_a_session_cannot_be_forged_either(
    headers: dict[str, str], *, passes: bool
) -> None:
    assert await send(Request("POST", Fields({**HOST, **headers}), Session())) is passes


@pytest.mark.parametrize(("headers", "passes"), ORIGINS)
async def test_websockets_are_opened_by_pages_of_this_site_only(
    headers: dict[str, str], *, passes: bool
) -> None:
    fields = Fields({**HOST, "Upgrade": "websocket", **headers})

    assert await send(Request("GET", fields, known())) is passes


@pytest.mark.parametrize(
    ("value", "passes"),
    [("Bearer eyJ", True), ("bearer eyJ", True), ("Basic eyJ", False), ("Bearer", False)],
)
async def test_a_bearer_token_needs_no_other(value: str, *, passes: bool) -> None:
    fields = Fields({**HOST, "Authorization": value, "Sec-Fetch-Site": "cross-site"})

    assert await send(Request("POST", fields, known())) is passes


async def test_a_trusted_origin_still_needs_a_token() -> None:
    fields = Fields({"Origin": "https://app.example", "Sec-Fetch-Site": "same-site", **HOST})
    request = Request("POST", fields, known())
    trusted = {"trusted_origins": ["https://APP.example/"]}
    assert not await send(request, **trusted)

    request.headers["X-CSRF-Token"] = csrf_token(request.session)

    assert await send(request, **trusted)
    assert not await send(request)
