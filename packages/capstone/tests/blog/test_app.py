"""groundup.blog.app: put together from settings, and what lies in its folder."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundup.blog import create_app
from groundup.blog.app import load_key
from groundup.config import Config
from groundup.errors import ConfigError
from groundup_auth import AuthSettings
from groundup_testing import TestClient

CHEAP = AuthSettings(bcrypt_cost=4)
FORM = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}


def test_data_and_log_ins_survive_a_restart(tmp_path: Path) -> None:
    config = Config(data=str(tmp_path))
    with TestClient(create_app(config, auth_settings=CHEAP), follow_redirects=False) as client:
        client.post("/register", data=FORM)
        token = client.post("/login", data=FORM).json["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        post = client.post("/posts", data={"title": "T", "content": "C"}, headers=bearer).json
        client.post("/login", data=FORM, headers={"Accept": "text/html"})
        cookies = dict(client.cookies)

    with TestClient(create_app(config, auth_settings=CHEAP), cookies=cookies) as client:
        assert client.get(post["url"]).json["title"] == "T"
        assert client.get("/profile", headers=bearer).status == 200
        assert client.get("/profile").status == 200


def test_it_lives_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    config = Config(data=str(tmp_path), database_url=postgresql_url)
    for _ in range(2):
        with TestClient(create_app(config, auth_settings=CHEAP)) as client:
            client.post("/register", data=FORM)
            token = client.post("/login", data=FORM).json["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            answer = client.post("/posts", data={"title": "T", "content": "C"}, headers=bearer)
            assert answer.status == 201
            assert client.get("/readyz").status == 200
    assert not (tmp_path / "blog.db").exists()


def test_the_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load_key, [path] * 8))

    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_other_hosts_are_refused(tmp_path: Path) -> None:
    config = Config(data=str(tmp_path), trusted_hosts="site.example, *.site.example")
    with TestClient(create_app(config, auth_settings=CHEAP)) as client:
        for host, status in (
            ("site.example", 200),
            ("www.site.example:8000", 200),
            ("evil.example", 400),
            ("site.example.evil.example", 400),
        ):
            assert client.get("/", headers={"Host": host}).status == status


def test_the_line_of_a_request_says_what_it_cost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Config(data=str(tmp_path)), auth_settings=CHEAP)
    caplog.set_level("INFO", "groundup.requests")
    with TestClient(app) as client:
        client.get("/")
        client.get("/healthz")

    page, health = [record for record in caplog.records if record.name == "groundup.requests"]
    assert page.getMessage().startswith("GET / 200 ")
    assert vars(page)["queries"] >= 1
    assert vars(page)["hops"] == 1
    assert vars(health)["queries"] == 0
    assert vars(page)["request_id"] != vars(health)["request_id"]


def test_a_site_names_its_proxies(tmp_path: Path) -> None:
    config = Config(data=str(tmp_path), trusted_proxies="10.0.0.0/8, unix")
    app = create_app(config, auth_settings=CHEAP)

    assert getattr(app.layers[0], "__name__", "") == "see_client"

    with pytest.raises(ConfigError, match="trusted_proxies"):
        create_app(Config(data=str(tmp_path), trusted_proxies="nonsense"), auth_settings=CHEAP)


@pytest.mark.parametrize("below", [False, True])
def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path, below: bool) -> None:
    file = tmp_path / "file"
    file.write_text("")
    data = file / "below" if below else file

    with pytest.raises(ConfigError, match="choose another with --data") as caught:
        create_app(Config(data=str(data)), auth_settings=CHEAP)
    assert "\n" not in str(caught.value)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least 32"):
        create_app(Config(data=str(tmp_path), secret_key="x" * 31), auth_settings=CHEAP)


def test_static_files_can_be_kept_and_asked_for_again(tmp_path: Path) -> None:
    with TestClient(create_app(Config(data=str(tmp_path)), auth_settings=CHEAP)) as client:
        first = client.get("/static/blog.css")
        again = client.get("/static/blog.css", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status, again.status, again.body) == (200, 304, b"")


def test_pages_are_compressed_for_those_who_can(tmp_path: Path) -> None:
    with TestClient(create_app(Config(data=str(tmp_path)), auth_settings=CHEAP)) as client:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
        answer = client.get("/", headers=headers)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "groundup blog" in answer.text
