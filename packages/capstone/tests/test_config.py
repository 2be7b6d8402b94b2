"""groundup.config: four places, one order, and errors that name the place."""

from pathlib import Path
from typing import Any

import pytest

from groundup.config import MIN_SECRET, Config, load_config
from groundup.errors import ConfigError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "groundup.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_for_development_on_this_machine() -> None:
    config = load_config(file=None, environ={})

    assert (config.host, config.port, config.debug) == ("127.0.0.1", 8000, False)
    assert set(config.origins.values()) == {"default"}


def test_the_command_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "[groundup]\nport = 1\nhost = 'a'\ndata = 'b'\n")
    environ = {"GROUNDUP_PORT": "2", "GROUNDUP_HOST": "c", "OTHER": "x"}

    config = load_config(file=path, environ=environ, arguments={"port": 3, "data": None})

    assert (config.port, config.host, config.data) == (3, "c", "b")
    assert config.origins["port"] == "argument"
    assert config.origins["host"] == "environment"
    assert config.origins["data"] == str(path)


def test_the_file_of_the_current_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[groundup]\nport = 81\n")
    monkeypatch.chdir(tmp_path)

    assert load_config(environ={}).port == 81


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("YES", True), ("off", False), ("", False), (True, True)]
)
def test_truth_has_several_spellings(word: Any, value: bool) -> None:
    assert load_config(environ={}, arguments={"debug": word}).debug is value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[groundup]\nprot = 1\n", "unknown setting 'prot'"),
        ("[groundup]\nport = 'x'\n", "'port' in .*groundup.toml must be int, got 'x'"),
        ("[groundup]\ndebug = 'maybe'\n", "must be bool"),
        ("[groundup]\nserver = 'fast'\n", "must be one of"),
        ("[groundup\n", "must be TOML"),
    ],
)
def test_mistakes_name_their_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(file=write(tmp_path, text), environ={})


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read settings"):
        load_config(file=tmp_path / "none.toml", environ={})


def test_secrets_have_no_default_but_in_debug_mode() -> None:
    with pytest.raises(ConfigError, match="set GROUNDUP_SECRET_KEY"):
        Config().secret()
    assert len(Config(debug=True).secret()) >= MIN_SECRET
    assert Config(debug=True).secret() != Config(debug=True).secret()


def test_a_short_secret_is_refused_and_not_shown() -> None:
    Config(secret_key="x" * MIN_SECRET).secret()
    with pytest.raises(ConfigError, match=f"at least {MIN_SECRET} characters, got 31") as caught:
        Config(secret_key="x" * (MIN_SECRET - 1)).secret()

    assert "xxx" not in str(caught.value)
    assert "hidden" not in repr(Config(secret_key="hidden" * 10))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", -1),
        ("port", 65536),
        ("port", True),
        ("port", 80.5),
        ("workers", 0),
        ("workers", 257),
        ("max_body", 0),
        ("grace", -0.1),
        ("grace", "nan"),
        ("grace", True),
        ("grace", None.__class__),
        ("host", 5),
        ("trusted_hosts", ["a", 5]),
    ],
)
def test_values_that_would_fail_later_are_refused_at_once(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"setting '{name}' in argument must be"):
        load_config(environ={}, arguments={name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", 0), ("port", 65535), ("workers", 256), ("max_body", 1), ("grace", 0), ("grace", 2.5)],
)
def test_limits_hold_at_their_edge(name: str, value: Any) -> None:
    assert getattr(load_config(environ={}, arguments={name: value}), name) == value


def test_several_hosts_may_be_a_list(tmp_path: Path) -> None:
    path = write(tmp_path, "[groundup]\ntrusted_hosts = ['a.example', '*.b.example']\n")

    assert load_config(file=path, environ={}).trusted_hosts == "a.example,*.b.example"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[groundup]\nhost = '\xff'\n", "must be TOML"),
        (b"groundup = 3\n", "must be a table, got 3"),
    ],
)
def test_a_broken_file_is_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "groundup.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=message):
        load_config(file=path, environ={})


def test_a_secret_of_the_wrong_type_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file=write(tmp_path, "[groundup]\nsecret_key = 12345678\n"), environ={})

    assert "1234" not in str(caught.value)
