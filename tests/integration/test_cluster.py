"""Two processes, one site: PostgreSQL holds the data, and Redis what is live."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from groundup_websockets import connect

FORM = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}


@pytest.fixture
def pair(
    start: Callable[..., Any], postgresql_url: str, redis_url: str, redis_prefix: str
) -> tuple[Any, Any]:
    common = {
        "GROUNDUP_DATABASE_URL": postgresql_url,
        "GROUNDUP_REDIS_URL": redis_url,
        "GROUNDUP_REDIS_PREFIX": redis_prefix,
        "GROUNDUP_SECRET_KEY": "k" * 40,
    }
    return start("--data", "one", **common), start("--data", "one", **common)


async def test_what_one_process_is_told_the_other_knows(pair: tuple[Any, Any]) -> None:
    one, two = pair
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False, timeout=30) as client:
        await client.post(f"{one.url}/register", data=FORM)
        token = (await client.post(f"{two.url}/login", data=FORM)).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        data = {"title": "T", "content": "C"}
        post = (await client.post(f"{one.url}/posts", data=data, headers=bearer)).json()
        assert (await client.get(f"{two.url}{post['url']}")).json()["title"] == "T"

        async with connect(f"{two.ws}/notifications") as ws:
            said = {"post_id": post["id"], "name": "Bob", "text": "from the other side"}
            await client.post(f"{one.url}/comments", data=said)
            event = json.loads(str(await ws.receive()))

        assert event["comment"]["text"] == "from the other side"
        page = {"Accept": "text/html"}
        await client.post(f"{one.url}/login", data=FORM, headers=page)  # a session, by its cookie
        profile = await client.get(f"{two.url}/profile")
        assert profile.json()["username"] == "ada"
        await client.post(f"{two.url}/logout", headers=bearer)
        assert (await client.get(f"{one.url}/profile", headers=bearer)).status_code == 401


async def test_twenty_posts_of_one_title_at_once_over_two_processes(pair: tuple[Any, Any]) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False, timeout=30) as client:
        await client.post(f"{pair[0].url}/register", data=FORM)
        token = (await client.post(f"{pair[0].url}/login", data=FORM)).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}

        async def write(number: int) -> httpx.Response:
            data = {"title": "Same", "content": str(number)}
            return await client.post(f"{pair[number % 2].url}/posts", data=data, headers=bearer)

        answers = await asyncio.gather(*map(write, range(20)))

    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.json()["slug"] for answer in answers}) == 20
