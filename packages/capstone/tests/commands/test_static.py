"""groundup.commands.static: files of a site, ready for browsers that keep them for a year."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from groundup import Application
from groundup_staticfiles import Manifest
from groundup_testing import TestClient

Run = Callable[..., Result]


@pytest.fixture
def static(folder: Path) -> Path:
    (folder / "static" / "img").mkdir(parents=True)
    (folder / "static" / "img" / "logo.svg").write_text("<svg/>")
    (folder / "static" / "app.css").write_text("a { b: url(/static/img/logo.svg) }\n" * 100)
    return folder / "static"


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_files_get_names_that_change_with_their_content(
    run: Run, static: Path, folder: Path
) -> None:
    result = run("static", "collect")

    assert (result.exit_code, result.stderr) == (0, "")
    names = json.loads((folder / "public" / ".manifest.json").read_text())
    assert names.keys() == {"app.css", "img/logo.svg"}
    assert names["img/logo.svg"] in (folder / "public" / names["app.css"]).read_text()
    assert (folder / "public" / f"{names['app.css']}.gz").exists()
    *lines, last = result.stdout.splitlines()
    assert sorted(line.partition("  ")[0] for line in lines) == [
        f"app.css -> {names['app.css']}",
        f"img/logo.svg -> {names['img/logo.svg'].removeprefix('img/')}",
    ]
    assert "gzip " in result.stdout
    assert last.startswith("2 files in public: 2 written, 0 unchanged; ")
    assert "KiB, sent as " in last


def test_the_second_time_there_is_nothing_to_do(run: Run, static: Path, folder: Path) -> None:
    run("static", "collect")
    before = {path: path.stat().st_ino for path in (folder / "public").rglob("*")}

    result = run("static", "collect")

    assert result.exit_code == 0
    assert result.stdout.startswith("2 files in public: 0 written, 2 unchanged; ")
    assert {path: path.stat().st_ino for path in (folder / "public").rglob("*")} == before


def test_a_dry_run_tells_and_writes_nothing(run: Run, static: Path, folder: Path) -> None:
    result = run("static", "collect", "--dry-run")

    assert result.exit_code == 0
    assert "app.css -> app." in result.stdout
    assert "2 files in public: 2 would be written" in result.stdout
    assert not (folder / "public").exists()


def test_folders_and_prefix_are_those_that_were_given(run: Run, static: Path, folder: Path) -> None:
    static.rename(folder / "assets")

    result = run(
        *("static", "collect", "--source", "assets", "--dest", "out/www", "--prefix", "/a/", "-q")
    )

    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1  # the sum alone
    css = (folder / "out" / "www" / "app.css").read_text()
    assert css.startswith("a { b: url(/static/img/logo.svg) }")  # under /static/: not ours


def test_a_reference_that_leads_nowhere_is_told_and_is_an_error_on_request(
    run: Run, static: Path
) -> None:
    (static / "bad.css").write_text("a { b: url(missing.png) }")

    kind, strict = run("static", "collect"), run("static", "collect", "--strict")

    words = "groundup: a style sheet refers to what is not there: bad.css: missing.png\n"
    assert (kind.exit_code, kind.stderr) == (0, words)
    assert (strict.exit_code, strict.stderr) == (1, words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "missing"), "groundup: source must be a folder, got 'missing'"),
        (("--dest", "static/out"), "groundup: source and target must not lie in each other"),
        (("--prefix", "static/"), "must begin and end with a slash"),
    ],
)
def test_a_wrong_command_is_one_line_and_status_2(
    run: Run, static: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = run("static", "collect", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_disk_that_refuses_is_one_line_and_status_1(run: Run, static: Path, folder: Path) -> None:
    (folder / "public").write_text("a file where the folder should be")

    result = run("static", "collect")

    assert result.exit_code == 1
    assert result.stderr.startswith("groundup: ")
    assert result.stderr.count("\n") == 1
    assert "public" in result.stderr


def test_the_help_teaches_what_comes_of_it(run: Run) -> None:
    text = run("static", "collect", "--help").output

    for word in ("public/.manifest.json", "groundup static collect --strict", "Exit status"):
        assert word in text


def test_what_was_collected_is_served_for_a_year(run: Run, static: Path, folder: Path) -> None:
    run("static", "collect")
    app = Application()
    app.static("/static", folder / "public")
    manifest = Manifest.load(folder / "public")

    with TestClient(app) as client:
        response = client.get(manifest.url("app.css"), headers={"Accept-Encoding": "gzip"})
        hidden = client.get("/static/.manifest.json")

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert manifest.url("img/logo.svg") in response.text
    assert hidden.status == 404


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_links_are_left_out(run: Run, static: Path, folder: Path) -> None:
    (folder / "secret").write_text("x")
    (static / "link").symlink_to(folder / "secret")

    run("static", "collect")

    assert not any(name.startswith("link") for name in names_below(folder / "public"))
