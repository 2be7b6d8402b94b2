"""groundup.blog.sharing: what two processes have in common, with Redis and without."""

from pathlib import Path

import pytest

from groundup.blog import create_app
from groundup.blog.sharing import make_shared, naming_setting
from groundup.config import Config
from groundup.errors import ConfigError
from groundup_auth import AuthSettings
from groundup_orm import OrmError
from groundup_testing import CookieJar, TestClient
from groundup_websockets import RedisRooms, Rooms

CHEAP = AuthSettings(bcrypt_cost=4)
FORM = {"username": "ada", "email": "ada@example.org", "password": "Loveletters1"}


async def test_without_redis_everything_is_this_process_own(tmp_path: Path) -> None:
    shared = make_shared(Config(), tmp_path)

    assert type(shared.rooms) is Rooms
    assert (shared.buckets, shared.attempts) == (None, None)
    await shared.start()
    await shared.close()


def test_workers_without_redis_are_told_what_they_miss(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_shared(Config(workers=2), tmp_path).sessions.close()

    assert "2 workers without redis_url" in caplog.text


def test_with_redis_sessions_limits_and_rooms_are_common(
    tmp_path: Path, redis_url: str, redis_prefix: str
) -> None:
    config = Config(data=str(tmp_path), redis_url=redis_url, redis_prefix=redis_prefix)
    first, second = create_app(config, auth_settings=CHEAP), create_app(config, auth_settings=CHEAP)
    assert isinstance(first.rooms, RedisRooms)
    with TestClient(first) as one, TestClient(second) as two:
        one.post("/register", data=FORM)
        one.post("/login", data=FORM, headers={"Accept": "text/html"})
        two.cookies = one.cookies
        assert two.get("/profile").json["username"] == "ada"

        one.cookies, two.cookies = CookieJar(), CookieJar()
        # A token comes back every two seconds, so where the bucket is empty is not to the number.
        while one.post("/login", data={}).status == 400:
            pass
        assert 429 in [two.post("/login", data={}).status for _ in range(5)]


async def test_a_redis_that_is_away_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundup_websockets.redis.PATIENCE", 0.2)
    shared = make_shared(Config(redis_url="redis://127.0.0.1:1/0"), tmp_path)

    with pytest.raises(ConfigError, match="Redis does not answer: start it, or change redis_url"):
        await shared.start()
    await shared.close()


@pytest.mark.parametrize("error", [ValueError("a\nb"), ImportError("a\nb"), OrmError("a\nb")])
def test_errors_of_parts_name_the_setting(error: Exception) -> None:
    with (
        pytest.raises(ConfigError, match=r"setting 'x' cannot be used: a b$"),
        naming_setting("x"),
    ):
        raise error
