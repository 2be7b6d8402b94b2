"""groundup.blog.accounts: sign up, log in and out, for people and for programs."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from groundup_testing import TestClient

FORM = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}


# -- programs ----------------------------------------------------------------------------------


def test_a_program_registers_and_gets_a_token(client: TestClient) -> None:
    user = client.post("/register", data=FORM)
    answer = client.post("/login", data=FORM)

    assert (user.status, user.json["username"]) == (200, "ada")
    assert answer.json["token_type"] == "Bearer"
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    profile = client.get("/profile", headers=headers)
    assert profile.json == {"id": user.json["id"], "username": "ada", "email": "ada@example.org"}
    assert "password" not in profile.text
    assert "session" not in client.cookies


def test_json_is_as_good_as_a_form(client: TestClient) -> None:
    assert client.post("/register", json=FORM).status == 200
    assert client.post("/login", json={**FORM, "username": "ada@example.org"}).status == 200


def test_a_log_out_ends_the_token(client: TestClient) -> None:
    client.post("/register", data=FORM)
    token = client.post("/login", data=FORM).json["token"]
    headers = {"Authorization": f"Bearer {token}"}

    assert client.post("/logout", headers=headers).status == 204
    assert client.get("/profile", headers=headers).status == 401


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"password": ""}, 400, "missing: password"),
        ({"password": "short"}, 400, "password"),
        ({"password": "password123"}, 400, "password"),
        ({"email": "nowhere"}, 400, "mail"),
        ({"username": "a b"}, 400, "user"),
        ({"username": "\ud800"}, 400, ""),
        ({"email": "\ud800@example.org"}, 400, ""),
        ({"password": "Loveletters1\ud800"}, 400, ""),
        ({"username": "x" * 10_000}, 400, ""),
    ],
)
def test_what_cannot_be_registered_is_told(
    client: TestClient, change: dict[str, str], status: int, message: str
) -> None:
    body = json.dumps({**FORM, **change}).encode()  # with escapes, as a client may send them
    answer = client.post("/register", content=body, headers={"Content-Type": "application/json"})

    assert answer.status == status
    assert message in answer.json.get("detail", "")


def test_nobody_registers_twice(client: TestClient) -> None:
    client.post("/register", data=FORM)

    assert client.post("/register", data=FORM).status == 409


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{", b"null", b'{"username": {"a": 1}}'])
def test_json_of_another_shape_is_no_error_of_ours(client: TestClient, body: bytes) -> None:
    answer = client.post("/login", content=body, headers={"Content-Type": "application/json"})

    assert answer.status == 400


def test_wrong_passwords_and_unknown_users_look_the_same(client: TestClient) -> None:
    client.post("/register", data=FORM)

    wrong = client.post("/login", data={**FORM, "password": "Loveletters2"})
    unknown = client.post("/login", data={**FORM, "username": "bob"})

    assert wrong.status == unknown.status == 401
    assert wrong.json["detail"] == unknown.json["detail"]


def test_too_many_log_ins_of_one_address_have_to_wait(client: TestClient) -> None:
    answers = [client.post("/login", data={}).status for _ in range(31)]

    assert answers[:30] == [400] * 30
    assert answers[30] == 429


# -- people ------------------------------------------------------------------------------------


def test_a_person_signs_up_and_is_logged_in(person: Any) -> None:
    answer = person.sign_up("ada")

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    home = person.get("/")
    assert "Welcome, ada!" in home.text
    assert "Welcome, ada!" not in person.get("/").text
    assert "Log out" in home.text
    assert "ada@example.org" in person.get("/profile").text


def test_a_mistake_shows_the_form_again_without_the_password(person: Any) -> None:
    data = {"username": "<ada>", "email": "ada@example.org", "password": "Sup3rSecret!"}

    answer = person.send("/register", "/register", data)

    assert answer.status == 400
    assert 'value="&lt;ada&gt;"' in answer.text
    assert "Sup3rSecret!" not in answer.text
    assert 'role="alert"' in answer.text


def test_the_session_has_another_id_after_the_log_in(person: Any) -> None:
    person.sign_up("ada")
    person.send("/", "/logout", {})
    person.log_in("nobody")  # fails
    person.sign_up("bob")
    planted = person.cookies["session"]

    person.log_in("ada")

    assert person.cookies["session"] != planted
    after = person.cookies["session"]
    person.cookies.set("session", planted)
    assert person.get("/profile").status == 303  # the old one is worth nothing
    person.cookies.set("session", after)
    assert person.get("/profile").status == 200


def test_the_cookie_is_for_the_server_alone(person: Any) -> None:
    answer = person.sign_up("ada")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_log_out_ends_the_session_and_its_token(person: Any) -> None:
    person.sign_up("ada")
    session = person.cookies["session"]

    answer = person.send("/", "/logout", {})

    assert answer.status == 303
    assert person.get("/profile").status == 303
    person.cookies.set("session", session)
    assert person.get("/profile").status == 303


@pytest.mark.parametrize("page", ["/profile", "/posts/new"])
def test_a_stranger_is_sent_to_the_log_in_and_back(person: Any, page: str) -> None:
    person.sign_up("ada")
    person.send("/", "/logout", {})

    sent = person.get(page)
    assert (sent.status, sent.headers["Location"]) == (303, f"/login?next={page}")
    assert f'name="next" value="{page}"' in person.get(sent.headers["Location"]).text
    assert person.log_in("ada", next=page).headers["Location"] == page


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil", ""],
)
def test_a_log_in_never_leads_to_another_site(person: Any, target: str) -> None:
    person.sign_up("ada")
    person.send("/", "/logout", {})

    assert person.log_in("ada", next=target).headers["Location"] == "/"


# -- forged forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_can_not_log_in_or_out(person: Any, headers: dict[str, str]) -> None:
    person.sign_up("ada")

    for url, data in (("/login", FORM), ("/logout", {})):
        answer = person.client.post(url, data=data, headers={**headers, "Accept": "text/html"})
        assert answer.status == 403
    assert person.get("/profile").status == 200


@pytest.mark.parametrize("token", [None, "", "x" * 86, "é"])
def test_a_form_needs_the_token_of_its_session(person: Any, token: str | None) -> None:
    person.sign_up("ada")
    data = {} if token is None else {"csrf_token": token}

    answer = person.client.post("/logout", data=data, headers={"Accept": "text/html"})

    assert answer.status == 403
    assert person.get("/profile").status == 200


def test_the_token_of_one_is_worth_nothing_to_another(
    person: Any, stranger: Any, program: Callable[[str], Any]
) -> None:
    person.sign_up("ada")
    stranger.sign_up("bob")
    found = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/").text)
    assert found

    data = {"csrf_token": found[1]}
    assert person.client.post("/logout", data=data).status == 403
    assert stranger.client.post("/logout", data=data).status == 204
