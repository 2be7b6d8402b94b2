"""groundup.blog.comments: said once, heard at once by those who should."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from groundup.application import Application
from groundup_asyncserver import Server, ServerConfig
from groundup_testing import TestClient
from groundup_websockets import HandshakeError, WebSocket, connect

Make = Callable[[str], Any]


# -- saying ------------------------------------------------------------------------------------


def test_strangers_give_a_name_and_users_have_one(client: TestClient, program: Make) -> None:
    ada = program("ada")
    post = ada.write()

    named = client.post("/comments", data={"post_id": post["id"], "name": "Bob", "text": "Hi"})
    own = ada.request(
        "POST", "/comments", data={"post_id": post["id"], "name": "Mallory", "text": "Ho"}
    )

    assert (named.status, named.json["name"]) == (201, "Bob")
    assert own.json["name"] == "ada"
    shown = client.get(post["url"]).json["comments"]
    assert [one["text"] for one in shown] == ["Hi", "Ho"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"post_id": "x", "name": "B", "text": "T"}, 400),
        ({"post_id": "999", "name": "B", "text": "T"}, 404),
        ({"post_id": "1", "text": "T"}, 400),
        ({"post_id": "1", "name": "B"}, 400),
        ({"post_id": "1", "name": "B", "text": "T" * 4001}, 400),
        ({"post_id": "1", "name": "\ud800", "text": "T"}, 400),
    ],
)
def test_what_cannot_be_said_is_told(
    client: TestClient, program: Make, data: dict[str, str], status: int
) -> None:
    program("ada").write()

    body = json.dumps(data).encode()  # with escapes, as a client may send them
    headers = {"Content-Type": "application/json"}
    assert client.post("/comments", content=body, headers=headers).status == status


def test_a_comment_is_text(person: Any, program: Make) -> None:
    post = program("ada").write()

    sent = person.send(
        post["url"], "/comments", {"post_id": str(post["id"]), "name": "<i>", "text": "<b>x</b>"}
    )

    assert (sent.status, sent.headers["Location"]) == (303, f"{post['url']}#comment-1")
    page = person.get(post["url"]).text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "&lt;i&gt;" in page


# -- hearing -----------------------------------------------------------------------------------


@asynccontextmanager
async def served(app: Application) -> AsyncGenerator[str, None]:
    async with asyncio.timeout(60), Server(app, ServerConfig(port=0, grace=5)) as server:
        yield f"127.0.0.1:{server.port}"


async def ask(address: str, path: str, data: dict[str, Any], token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(f"http://{address}{path}", data=data, headers=headers)
    return answer.json()


async def sign_up(address: str, name: str) -> tuple[int, str]:
    data = {"username": name, "email": f"{name}@example.org", "password": "Loveletters1"}
    user = await ask(address, "/register", data)
    answer = await ask(address, "/login", data)
    return user["id"], answer["token"]


async def heard(ws: WebSocket) -> Any:
    message = await ws.receive()
    assert isinstance(message, str)
    return json.loads(message)


async def test_comments_reach_the_right_rooms_only(app: Application) -> None:
    async with served(app) as address:
        ada, token = await sign_up(address, "ada")
        bob, bobs = await sign_up(address, "bob")
        one = await ask(address, "/posts", {"title": "One", "content": "x"}, token)
        two = await ask(address, "/posts", {"title": "Two", "content": "x"}, bobs)
        url = f"ws://{address}/notifications"
        bearer = {"Authorization": f"Bearer {token}"}
        async with (
            connect(url) as everything,
            connect(f"{url}?post={one['id']}") as first,
            connect(f"{url}?post={two['id']}") as second,
            connect(f"{url}/{ada}", headers=bearer) as author,
        ):
            for post, text in ((two, "to two"), (one, "to one")):
                await ask(address, "/comments", {"post_id": post["id"], "name": "C", "text": text})

            assert [(await heard(everything))["comment"]["text"] for _ in range(2)] == [
                "to two",
                "to one",
            ]
            event = await heard(first)
            assert event["comment"]["text"] == "to one"
            assert event["post"] == {"id": one["id"], "title": "One", "url": "/posts/one"}
            assert (await heard(second))["comment"]["text"] == "to two"
            assert (await heard(author))["comment"]["text"] == "to one"
            assert bob != ada
        for name in ("comments", f"post-{one['id']}", f"author-{ada}"):
            assert len(app.rooms.get_or_create(name)) == 0


async def test_notifications_are_for_their_user(app: Application) -> None:
    async with served(app) as address:
        ada, token = await sign_up(address, "ada")
        bearer = {"Authorization": f"Bearer {token}"}
        tries: list[tuple[str, dict[str, str], str | None, int]] = [
            (f"/notifications/{ada}", {}, None, 401),
            (f"/notifications/{ada + 1}", bearer, None, 403),
            (f"/notifications/{ada}", bearer, "http://evil.example", 403),
            ("/notifications", {}, "http://evil.example", 403),
        ]
        for path, headers, origin, status in tries:
            with pytest.raises(HandshakeError) as caught:
                async with connect(f"ws://{address}{path}", headers=headers, origin=origin):
                    pass
            assert caught.value.status == status
