"""Project 18: the framework starts, and curl says what the seed says, word by word.

The command of the seed is called ``my-framework``; ours is ``groundup``.  Only the token and the
names of the files are put in, as the seed's own placeholders ask for.
"""

import asyncio
import json
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

REGISTER = """\
curl -X POST http://localhost:8000/register \\
  -d "username=alice&email=alice@example.com&password=Pass123!"
"""
POST = """\
curl -X POST http://localhost:8000/posts \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: multipart/form-data" \\
  -F "title=My First Post" \\
  -F "content=<content.html" \\
  -F "featured_image=@/path/to/image.png"
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(3000)


@pytest.fixture
def site(start: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    program = start("-m", "groundup", "start", "--port", "0", "--data", str(tmp_path / "data"))
    announced = program.wait_for(r"^Application running on (http://localhost:\d+)$")
    yield announced[1]
    assert program.stop() == 0


def run(command: str, site: str, folder: Path, **placeholders: str) -> Any:
    """Run a printed command against the site and return the JSON that it prints."""
    command = command.replace("\\\n", " ").replace("http://localhost:8000", site)
    for name, value in placeholders.items():
        command = command.replace(f"<{name}>", value)
    command = command.replace("/path/to/image.png", str(folder / "image.png"))
    curl, *arguments = shlex.split(command)
    done = subprocess.run(
        [curl, "-sS", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return json.loads(done.stdout) if done.stdout else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content.html").write_text("<p>Hello <b>world</b><script>evil()</script></p>")
    (tmp_path / "image.png").write_bytes(PNG)
    return tmp_path


def log_in(site: str, folder: Path) -> str:
    answer = run(f'curl {site}/login -d "username=alice&password=Pass123!"', site, folder)
    token: str = answer["token"]
    return token


def test_register_and_post(site: str, folder: Path) -> None:
    user = run(REGISTER, site, folder)
    token = log_in(site, folder)

    post = run(POST, site, folder, token=token)

    assert user["username"] == "alice"
    assert post["title"] == "My First Post"
    assert post["content"] == "<p>Hello <b>world</b></p>"
    shown = run(f"curl {site}{post['url']}", site, folder)
    assert shown["author"]["name"] == "alice"
    picture = subprocess.run(
        ["curl", "-sS", f"{site}{post['picture']}"], capture_output=True, check=True, timeout=30
    )
    assert picture.stdout == PNG


def test_every_row_of_the_endpoint_table(site: str, folder: Path) -> None:
    run(REGISTER, site, folder)
    token = log_in(site, folder)
    bearer = f'-H "Authorization: Bearer {token}"'
    post = run(POST, site, folder, token=token)

    listed = run(f"curl {site}/", site, folder)
    edited = run(f'curl -X PUT {site}/posts/{post["id"]} {bearer} -d "title=New"', site, folder)
    comment = run(
        f'curl {site}/comments -d "post_id={post["id"]}&name=Bob&text=Nice"', site, folder
    )
    style = subprocess.run(
        ["curl", "-sS", "-i", f"{site}/static/blog.css"], capture_output=True, check=True
    )
    gone = run(f"curl -X DELETE {site}/posts/{post['id']} {bearer}", site, folder)
    missing = run(f"curl {site}{post['url']}", site, folder)

    assert [one["id"] for one in listed["posts"]] == [post["id"]]
    assert edited["title"] == "New"
    assert (comment["name"], comment["text"]) == ("Bob", "Nice")
    assert style.stdout.startswith(b"HTTP/1.1 200 OK\r\n")
    assert gone is None
    assert missing["status"] == 404


def test_what_needs_a_log_in_is_refused_without(site: str, folder: Path) -> None:
    for command in (
        f'curl {site}/posts -d "title=a&content=b"',
        f'curl -X PUT {site}/posts/1 -d "title=a"',
        f"curl -X DELETE {site}/posts/1",
    ):
        assert run(command, site, folder)["status"] == 401


async def test_new_comments_appear_instantly(site: str, folder: Path) -> None:
    user = run(REGISTER, site, folder)
    token = log_in(site, folder)
    post = run(POST, site, folder, token=token)
    address = site.replace("http://localhost", "ws://127.0.0.1")
    bearer = {"Authorization": f"Bearer {token}"}

    async with (
        connect(f"{address}/notifications", proxy=None) as everybody,
        connect(
            f"{address}/notifications/{user['id']}", additional_headers=bearer, proxy=None
        ) as author,
    ):
        await asyncio.to_thread(
            run,
            f'curl {site}/comments -d "post_id={post["id"]}&name=Bob&text=Nice"',
            site,
            folder,
        )
        heard = [json.loads(await asyncio.wait_for(one.recv(), 10)) for one in (everybody, author)]

    assert heard[0] == heard[1]
    assert heard[0]["type"] == "comment"
    assert heard[0]["comment"]["text"] == "Nice"


def test_data_survives_a_restart(start: Callable[..., Any], folder: Path) -> None:
    arguments = ("-m", "groundup", "start", "--port", "0", "--data", str(folder / "data"))
    first = start(*arguments)
    site = first.wait_for(r"^Application running on (http://localhost:\d+)$")[1]
    run(REGISTER, site, folder)
    token = log_in(site, folder)
    post = run(POST, site, folder, token=token)
    assert first.stop() == 0

    second = start(*arguments)
    site = second.wait_for(r"^Application running on (http://localhost:\d+)$")[1]

    assert run(f"curl {site}{post['url']}", site, folder)["id"] == post["id"]
    bearer = f'-H "Authorization: Bearer {token}"'
    assert run(f"curl {site}/profile {bearer}", site, folder)["username"] == "alice"
