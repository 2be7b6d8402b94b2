"""groundup_staticfiles.collection: copies under names that change with their content."""

import gzip
import os
import re
from pathlib import Path

import pytest

from groundup_staticfiles import (
    HASHED,
    Collected,
    Manifest,
    StaticFiles,
    StaticFilesError,
    collect,
)
from groundup_staticfiles import collection as module
from groundup_staticfiles.collection import _hashed_name
from groundup_staticfiles.encoding import Encoder, find_encoders
from groundup_staticfiles.manifest import MANIFEST

RULE = "a { color: #123 }\n" * 100
GZIP = {"gzip": find_encoders()["gzip"]}


@pytest.fixture
def public(site: Path) -> Path:
    return site.parent / "public"


def reverse(content: bytes) -> bytes:
    """Stand for a compressor: half of the content, in an order that nobody else makes."""
    return content[: len(content) // 2][::-1]


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


class Asked:
    method = "GET"

    def __init__(self, path: str, fields: dict[str, str]) -> None:
        self.path, self.headers = path, fields


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
    assert Manifest.load(public).names == manifest.names


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


def test_what_was_collected_is_served_for_a_year(site: Path, public: Path) -> None:
    path = collect(site, public).url("style.css", prefix="/")
    files = StaticFiles(public, gzip=False)

    response = files.respond(Asked(path, {"Accept-Encoding": "gzip"}))

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert not response.headers["ETag"].startswith("W/")
    assert files.respond(Asked(f"/{MANIFEST}", {})).status == 404


@pytest.mark.parametrize("name", ["app.css", "a/b.min.js", "photo.jpeg"])
@pytest.mark.parametrize("digest", ["1" * 20, "a" * 20, "2cf24dba5fb0a30e26e8"])
def test_every_hash_is_known_as_one(name: str, digest: str) -> None:
    assert re.search(f"(?:{HASHED})$", _hashed_name(name, digest))
    assert _hashed_name("LICENSE", digest) == "LICENSE"


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


def test_large_files_are_copied_and_not_read(
    site: Path, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = collect(site, public).names
    monkeypatch.setattr(module, "MAX_READ", (site / "style.css").stat().st_size - 1)

    copied = collect(site, public)

    assert copied.names == whole
    assert (public / whole["style.css"]).read_bytes() == (site / "style.css").read_bytes()
    assert not (public / "style.css.gz").exists()


# -- style sheets -----------------------------------------------------------------------------


def test_style_sheets_refer_to_the_new_names(site: Path, public: Path) -> None:
    (site / "docs" / "docs.css").write_text(
        "@import '../style.css'; a { b: url(../photo.jpg?v=1) url('caf%C3%A9%201.txt')"
        " url(/static/photo.jpg) url(#x) url(data:,x) url(https://a.example/photo.jpg) }"
    )

    names = collect(site, public).names

    for name in ("docs/docs.css", names["docs/docs.css"]):
        encoded = names["docs/café 1.txt"].removeprefix("docs/café ")
        assert (public / name).read_text() == (
            f"@import '../{names['style.css']}'; a {{ b: url(../{names['photo.jpg']}?v=1)"
            f" url('caf%C3%A9%20{encoded}') url(/static/{names['photo.jpg']})"
            " url(#x) url(data:,x) url(https://a.example/photo.jpg) }"
        )


def test_a_name_that_css_would_misread_is_encoded(site: Path, public: Path) -> None:
    (site / "it's (1) x.png").write_bytes(b"png")
    (site / "a.css").write_text("a { b: url('it\\'s (1) x.png') }")

    name = collect(site, public).names["it's (1) x.png"]

    digest = name.removeprefix("it's (1) x.")
    assert (public / "a.css").read_text() == f"a {{ b: url('it%27s%20%281%29%20x.{digest}') }}"


def test_a_change_goes_through_all_that_import_it(site: Path, public: Path) -> None:
    (site / "a.css").write_text("@import 'b.css'; a { }")
    (site / "b.css").write_text("@import 'z.css'; b { }")
    (site / "z.css").write_text("z { b: url(photo.jpg) }")
    first = collect(site, public).names
    (site / "photo.jpg").write_bytes(b"another")

    second = collect(site, public).names

    assert all(first[name] != second[name] for name in ("a.css", "b.css", "z.css"))
    assert second["b.css"] in (public / second["a.css"]).read_text()
    assert second["photo.jpg"] in (public / second["z.css"]).read_text()
    for name in ("a.css", "b.css", "z.css"):
        assert (public / name).stat().st_mtime_ns >= (site / "photo.jpg").stat().st_mtime_ns


def test_sheets_in_a_circle_keep_one_plain_name(site: Path, public: Path) -> None:
    (site / "a.css").write_text("@import 'b.css'; a { }")
    (site / "b.css").write_text("@import 'c.css'; b { }")
    (site / "c.css").write_text("@import 'b.css'; @import 'c.css'; c { }")

    names = collect(site, public).names

    texts = {name: (public / names[name]).read_text() for name in ("a.css", "b.css", "c.css")}
    assert names["b.css"] in texts["a.css"]
    assert texts["b.css"] == "@import 'c.css'; b { }"
    assert texts["c.css"] == f"@import '{names['b.css']}'; @import 'c.css'; c {{ }}"


def test_what_is_missing_is_told_and_left_as_it_is(site: Path, public: Path) -> None:
    text = "a { b: url(x.png) url(x.png) url(../../secret.txt) url(.env) }"
    (site / "a.css").write_text(text)

    manifest = collect(site, public)

    assert manifest.missing == ("a.css: x.png", "a.css: ../../secret.txt", "a.css: .env")
    assert (public / "a.css").read_text() == text


def test_sheets_in_any_coding_come_through(site: Path, public: Path) -> None:
    content = b'@charset "latin1"; a { b: url(photo.jpg) "\xe9" url(\xe9) }'
    (site / "a.css").write_bytes(content)

    names = collect(site, public).names

    assert (public / "a.css").read_bytes() == content.replace(
        b"photo.jpg", names["photo.jpg"].encode()
    )


# -- what was compressed before ---------------------------------------------------------------


def test_compressed_files_go_along_with_theirs(site: Path, public: Path) -> None:
    (site / "style.css.br").write_bytes(b"brotli")
    (site / "style.css.gz").write_bytes(b"gzip")

    names = collect(site, public).names

    for name in ("style.css", names["style.css"]):
        assert (public / f"{name}.br").read_bytes() == b"brotli"
        assert (public / f"{name}.gz").read_bytes() == b"gzip"
    assert "style.css.br" not in names


def test_compressed_files_of_a_sheet_that_was_rewritten_do_not(site: Path, public: Path) -> None:
    (site / "a.css").write_text(f"{RULE} a {{ b: url(photo.jpg) }}")
    (site / "a.css.br").write_bytes(b"brotli")
    public.mkdir()
    (public / "a.css.br").write_bytes(b"of an earlier time")

    name = collect(site, public, encoders=GZIP).names["a.css"]

    assert not (public / f"{name}.br").exists()
    assert not (public / "a.css.br").exists()
    assert gzip.decompress((public / f"{name}.gz").read_bytes()) == (public / name).read_bytes()


def test_what_is_older_than_its_file_is_a_file_of_its_own(site: Path, public: Path) -> None:
    (site / "style.css.br").write_bytes(b"old")
    os.utime(site / "style.css.br", (1, 1))

    names = collect(site, public, encoders={"br": reverse}).names

    assert "style.css.br" in names
    assert (public / "style.css.br").read_bytes() == b"old"
    made = (public / f"{names['style.css']}.br").read_bytes()
    assert made == reverse((site / "style.css").read_bytes())


def test_going_back_leaves_nothing_of_the_later_version(site: Path, public: Path) -> None:
    (site / "a.css").write_text(RULE)
    collect(site, public)
    (site / "a.css").write_text("a { }")  # too short to be compressed
    os.utime(site / "a.css", (1, 1))  # and older, as a checkout of an earlier version is

    collect(site, public)

    answer = StaticFiles(public).respond(Asked("/a.css", {"Accept-Encoding": "gzip"}))
    assert answer.body == b"a { }"
    assert not (public / "a.css.gz").exists()


def test_a_file_that_only_looks_compressed_is_left_alone_too(site: Path, public: Path) -> None:
    (site / "style.css.br").write_bytes(b"old")
    os.utime(site / "style.css.br", (1, 1))
    collect(site, public, encoders={"br": reverse})
    seen: list[Collected] = []

    collect(site, public, encoders={"br": reverse}, on_file=seen.append)

    assert [file.name for file in seen if file.changed] == []


# -- again and again --------------------------------------------------------------------------


def test_every_encoder_is_used_for_what_gets_smaller(site: Path, public: Path) -> None:
    encoders: dict[str, Encoder] = {"br": reverse, "zstd": bytes}
    seen: dict[str, Collected] = {}

    collect(site, public, encoders=encoders, on_file=lambda file: seen.update({file.name: file}))

    style = seen["style.css"]
    assert style == Collected("style.css", style.hashed, 6300, {"br": 3150}, changed=True)
    for name in ("style.css", style.hashed):
        assert (public / f"{name}.br").read_bytes() == reverse((site / "style.css").read_bytes())
        assert not (public / f"{name}.zst").exists()
        assert not (public / f"{name}.gz").exists()
    assert seen["photo.jpg"].compressed == {}


def test_an_unknown_coding_is_refused(site: Path, public: Path) -> None:
    with pytest.raises(StaticFilesError, match="must be br, zstd or gzip, got 'deflate'"):
        collect(site, public, encoders={"deflate": reverse})


def test_what_is_there_is_neither_made_nor_written_again(site: Path, public: Path) -> None:
    def never(content: bytes) -> bytes:
        raise AssertionError(content[:20])

    collect(site, public, encoders={"br": reverse})
    before = {path: path.stat().st_ino for path in public.rglob("*")}
    seen: list[Collected] = []

    collect(site, public, encoders={"br": never}, on_file=seen.append)

    assert {path: path.stat().st_ino for path in public.rglob("*")} == before
    assert [file.name for file in seen if file.changed] == []
    assert {file.name: dict(file.compressed) for file in seen}["style.css"] == {"br": 3150}


@pytest.mark.parametrize("kind", ["content", "time", "gone", "compressed"])
def test_what_somebody_has_changed_is_written_again(site: Path, public: Path, kind: str) -> None:
    name = collect(site, public).names["style.css"]
    before = {path: path.read_bytes() for path in public.rglob("*.css*")}
    plain = public / "style.css"
    if kind == "content":
        status = plain.stat()
        plain.write_bytes(b"x" * status.st_size)
        os.utime(plain, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "time":
        os.utime(plain, (1, 1))
    elif kind == "gone":
        (public / name).unlink()
    else:
        (public / "style.css.gz").write_bytes(b"x")
    seen: list[Collected] = []

    collect(site, public, on_file=seen.append)

    assert {path: path.read_bytes() for path in public.rglob("*.css*")} == before
    assert [file.name for file in seen if file.changed] == ["style.css"]
    assert plain.stat().st_mtime_ns == (site / "style.css").stat().st_mtime_ns


def test_a_dry_run_writes_nothing_and_tells_the_same(site: Path, public: Path) -> None:
    (site / "a.css").write_text("a { b: url(x.png) }")
    (site / "large.bin").write_bytes(b"x" * 2000)
    seen: list[Collected] = []

    manifest = collect(site, public, dry_run=True, on_file=seen.append)

    assert not public.exists()
    assert all(file.changed for file in seen)
    again = collect(site, public)
    assert (manifest.names, manifest.missing) == (again.names, again.missing)

    (site / "large.bin").write_bytes(b"y" * 2000)
    before = names_below(public)
    seen.clear()
    collect(site, public, dry_run=True, on_file=seen.append)
    assert [file.name for file in seen if file.changed] == ["large.bin"]
    assert names_below(public) == before


def test_a_dry_run_tells_what_another_encoder_would_write(site: Path, public: Path) -> None:
    collect(site, public, encoders=GZIP)
    seen: list[Collected] = []

    encoders = {**GZIP, "br": reverse, "zstd": bytes}
    collect(site, public, encoders=encoders, dry_run=True, on_file=seen.append)

    assert [file.name for file in seen if file.changed] == ["style.css"]
    assert not (public / "style.css.br").exists()


def test_a_dry_run_removes_nothing(site: Path, public: Path) -> None:
    (site / "a.css").write_text(RULE)
    collect(site, public)
    (site / "a.css").write_text("a { }")
    before = names_below(public)

    collect(site, public, dry_run=True)

    assert names_below(public) == before
