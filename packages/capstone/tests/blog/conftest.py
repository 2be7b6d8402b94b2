"""A blog in memory, and people who use it with a browser or with a program."""

import os
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from groundup.application import Application
from groundup.blog import create_app
from groundup.config import Config
from groundup.parts import load_parts
from groundup_auth import AuthSettings
from groundup_testing import Answer, CookieJar, TestClient

CHEAP = AuthSettings(bcrypt_cost=4)
PASSWORD = "Loveletters1"
PAGE = {"Accept": "text/html"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """Somebody who asks for pages, sends forms with their tokens, and keeps cookies."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.cookies = CookieJar()

    @property
    def client(self) -> TestClient:
        """The client, with this person's cookies in it."""
        self._client.cookies = self.cookies
        return self._client

    def get(self, url: str, **options: Any) -> Answer:
        return self.client.get(url, headers=PAGE, **options)

    def send(self, page: str, url: str, data: dict[str, str], **options: Any) -> Answer:
        """Send the form of a page."""
        found = TOKEN.search(self.get(page).text)
        token = {"csrf_token": found[1]} if found else {}
        return self.client.post(url, data={**token, **data}, headers=PAGE, **options)

    def sign_up(self, name: str, **options: Any) -> Answer:
        data = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        return self.send("/register", "/register", data, **options)

    def log_in(self, name: str, **options: Any) -> Answer:
        return self.send("/login", "/login", {"username": name, "password": PASSWORD, **options})


class Program:
    """A program with a token of somebody."""

    def __init__(self, client: TestClient, name: str) -> None:
        self.client = client
        client.cookies = CookieJar()
        data = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        self.user: dict[str, Any] = client.post("/register", data=data).json
        answer = client.post("/login", data=data)
        assert answer.status == 200, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json['token']}"}

    def request(self, method: str, url: str, **options: Any) -> Answer:
        self.client.cookies = CookieJar()
        return self.client.request(method, url, headers=self.headers, **options)

    def write(self, title: str = "A title", content: str = "Text", **options: Any) -> Any:
        data = {"title": title, "content": content}
        answer = self.request("POST", "/posts", data=data, **options)
        assert answer.status == 201, answer.text
        return answer.json


@pytest.fixture
def app(tmp_path: Path) -> Application:
    """The blog; on parts of somebody else, if GROUNDUP_PARTS names some."""
    parts = load_parts(filter(None, os.environ.get("GROUNDUP_PARTS", "").split(",")))
    return create_app(Config(data=str(tmp_path / "data")), auth_settings=CHEAP, **parts)


@pytest.fixture
def client(app: Application) -> Generator[TestClient, None, None]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def person(client: TestClient) -> Person:
    return Person(client)


@pytest.fixture
def stranger(client: TestClient) -> Person:
    """Somebody else, with cookies of their own."""
    return Person(client)


@pytest.fixture
def program(client: TestClient) -> Callable[[str], Program]:
    def make(name: str) -> Program:
        return Program(client, name)

    return make
