"""groundup_staticfiles.manifest: names that change with the content."""

import gzip
import os
import re
from pathlib import Path

import pytest

from groundup_staticfiles import HASHED, Manifest, StaticFiles, StaticFilesError, collect
from groundup_staticfiles.manifest import MANIFEST, _hashed_name


@pytest.fixture
def public(site: Path) -> Path:
    return site.parent / "public"


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_files_are_there_under_both_names(site: Path, public: Path) -> None:
    manifest = collect(site, public)

    hashed = manifest.names["style.css"]
    assert re.fullmatch(r"style\.[0-9a-f]{20}\.css", hashed)
    for name in ("style.css", hashed):
        assert (public / name).read_bytes() == (site / "style.css").read_bytes()
        assert (
            gzip.decompress((public / f"{name}.gz").read_bytes())
            == (site / "style.css").read_bytes()
        )
    assert manifest.names["docs/index.html"].startswith("docs/index.")
    assert not (public / "photo.jpg.gz").exists()
    assert not (public / "index.html.gz").exists()


def test_what_is_hidden_or_a_link_is_left_out(site: Path, public: Path) -> None:
    if os.name != "nt":
        (site / "link.txt").symlink_to(site.parent / "secret.txt")
        (site / "up").symlink_to(site.parent)

    manifest = collect(site, public)

    assert not any(name.startswith(("link", "up", ".")) for name in manifest.names)
    assert {name for name in names_below(public) if name.startswith(".")} == {MANIFEST}


def test_names_change_with_the_content_and_old_ones_stay(site: Path, public: Path) -> None:
    first = collect(site, public)
    again = collect(site, public)
    (site / "style.css").write_text("new")
    second = collect(site, public)

    assert first.names == again.names
    assert first.names["style.css"] != second.names["style.css"]
    assert first.names["photo.jpg"] == second.names["photo.jpg"]
    assert (public / first.names["style.css"]).exists()
    assert (public / "style.css").read_text() == "new"


def test_the_manifest_is_read_back(site: Path, public: Path) -> None:
    manifest = collect(site, public)

    loaded = Manifest.load(public)

    assert loaded.names == manifest.names
    assert loaded.url("docs/café 1.txt").startswith("/static/docs/caf%C3%A9%201.")
    assert loaded.url("unknown.css", prefix="/") == "/unknown.css"


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff"])
def test_a_manifest_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)

    with pytest.raises(StaticFilesError, match="must have a manifest"):
        Manifest.load(tmp_path)


class Asked:
    method = "GET"

    def __init__(self, path: str, fields: dict[str, str]) -> None:
        self.path, self.headers = path, fields


def test_what_was_collected_is_served_for_a_year(site: Path, public: Path) -> None:
    path = collect(site, public).url("style.css", prefix="/")
    files = StaticFiles(public, gzip=False)

    response = files.respond(Asked(path, {"Accept-Encoding": "gzip"}))

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert not response.headers["ETag"].startswith("W/")
    assert files.respond(Asked(f"/{MANIFEST}", {})).status == 404


@pytest.mark.parametrize("name", ["app.css", "a/b.min.js", "photo.jpeg"])
def test_every_hash_is_known_as_one(name: str) -> None:
    for number in range(2000):
        assert re.search(f"(?:{HASHED})$", _hashed_name(name, str(number).encode()))
    assert _hashed_name("LICENSE", b"") == "LICENSE"


def test_source_and_target_are_two_folders(site: Path) -> None:
    for source, target in ((site, site), (site, site / "docs"), (site / "docs", site)):
        with pytest.raises(StaticFilesError, match="in each other"):
            collect(source, target)
    with pytest.raises(StaticFilesError, match="must be a folder"):
        collect(site / "missing", site.parent / "public")


def test_no_half_of_a_file_is_left_behind(site: Path, public: Path) -> None:
    (public / "style.css").mkdir(parents=True)

    with pytest.raises(OSError, match=r"style\.css"):
        collect(site, public)

    assert not [name for name in names_below(public) if name.endswith(".part")]
