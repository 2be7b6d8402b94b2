"""groundup_templating.loaders: templates by name, and nothing outside of the roots."""

import sys
import zipfile
from pathlib import Path

import pytest

from groundup_templating import (
    ChainLoader,
    DictLoader,
    DirectoryLoader,
    Environment,
    Loader,
    PackageLoader,
    TemplateNotFound,
    TemplateSyntaxError,
)
from groundup_templating.loaders import MAX_FILE, MAX_NAME, split_name

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../secret.html",
    "a/../../secret.html",
    "a/..",
    "./a.html",
    "a//b.html",
    "a/",
    "..\\secret.html",
    "a\\b.html",
    "C:/x",
    "C:x",
    "a\0.html",
    "\0",
    "~root/../x" + "/..",
    "x" * (MAX_NAME + 1),
    "file:///etc/passwd",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    (folder / "posts").mkdir(parents=True)
    (folder / "base.html").write_text("base", encoding="utf-8")
    (folder / "posts" / "show.html").write_text("é", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_lead_elsewhere_are_not_found(root: Path, name: str) -> None:
    with pytest.raises(TemplateNotFound):
        DirectoryLoader(root).load(name)
    with pytest.raises(TemplateNotFound):
        Environment(DirectoryLoader(root)).render(name, {})


def test_parts_of_names() -> None:
    assert split_name("a/b c/ü.html") == ("a", "b c", "ü.html")
    assert split_name("x" * MAX_NAME)
    assert split_name("..a/b..")


def test_files_are_found_below_the_root(root: Path) -> None:
    source = DirectoryLoader(root).load("posts/show.html")

    assert source.text == "é"
    assert source.filename == str((root / "posts" / "show.html").resolve())
    assert list(DirectoryLoader(root).names()) == ["base.html", "posts/show.html"]


def test_a_missing_template_suggests_others(root: Path) -> None:
    with pytest.raises(
        TemplateNotFound, match=r"no template 'bsae.html': did you mean 'base.html'"
    ):
        DirectoryLoader(root).load("bsae.html")


@pytest.mark.parametrize("name", ["posts", "nope.html", "base.html/x"])
def test_what_is_no_file_is_not_found(root: Path, name: str) -> None:
    with pytest.raises(TemplateNotFound):
        DirectoryLoader(root).load(name)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_may_not_lead_out_of_the_root(root: Path) -> None:
    (root / "out.html").symlink_to(root.parent / "secret.html")
    (root / "folder").symlink_to(root.parent)
    (root / "in.html").symlink_to(root / "base.html")
    loader = DirectoryLoader(root)

    assert loader.load("in.html").text == "base"
    for name in ("out.html", "folder/secret.html"):
        with pytest.raises(TemplateNotFound):
            loader.load(name)


def test_the_first_of_several_folders_wins(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "base.html").write_text("own", encoding="utf-8")
    loader = DirectoryLoader([own, str(root), tmp_path / "missing"])

    assert loader.load("base.html").text == "own"
    assert loader.load("posts/show.html").text == "é"


def test_templates_must_be_utf_8(root: Path) -> None:
    (root / "latin.html").write_bytes("é".encode("latin-1"))
    (root / "bom.html").write_bytes(b"\xef\xbb\xbfa\r\nb")

    with pytest.raises(
        TemplateSyntaxError, match=r"'latin.html' must be UTF-8, got b'\\xe9' at byte 0"
    ):
        DirectoryLoader(root).load("latin.html")
    assert DirectoryLoader(root).load("bom.html").text == "a\nb"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-16", r"got b'\\xff\\xfea\\x00' at byte 0"),
        ("utf-16-le", r"got a NUL at character 1: is it UTF-16\?"),
        ("utf-16-be", r"got a NUL at character 0: is it UTF-16\?"),
        ("utf-32-le", r"got a NUL at character 1: is it UTF-16\?"),
    ],
)
def test_other_encodings_are_named(root: Path, encoding: str, found: str) -> None:
    (root / "wide.html").write_bytes("a{{ b }}".encode(encoding))

    with pytest.raises(TemplateSyntaxError, match=rf"'wide.html' must be UTF-8, {found}"):
        DirectoryLoader(root).load("wide.html")


def test_templates_have_a_size(root: Path) -> None:
    (root / "big.html").write_bytes(b"x" * (MAX_FILE + 1))

    with pytest.raises(TemplateSyntaxError, match="at most"):
        DirectoryLoader(root).load("big.html")


def test_a_changed_or_lost_file_is_not_fresh(root: Path) -> None:
    source = DirectoryLoader(root).load("base.html")

    assert source.is_fresh()
    (root / "base.html").write_text("changed", encoding="utf-8")
    assert not source.is_fresh()
    (root / "base.html").unlink()
    assert not source.is_fresh()


def test_mappings_and_chains() -> None:
    texts = {"a.html": "A"}
    loader = ChainLoader([DictLoader(texts), DictLoader({"a.html": "B", "b.html": "B"})])

    assert (loader.load("a.html").text, loader.load("b.html").text) == ("A", "B")
    assert list(loader.names()) == ["a.html", "b.html"]
    with pytest.raises(TemplateNotFound, match="did you mean"):
        loader.load("c.html")
    source = DictLoader(texts).load("a.html")
    texts["a.html"] = "C"
    assert not source.is_fresh()


def make_package(folder: Path, name: str) -> None:
    (folder / name / "templates" / "sub").mkdir(parents=True)
    (folder / name / "__init__.py").write_text("", encoding="utf-8")
    (folder / name / "templates" / "a.html").write_text("packed", encoding="utf-8")
    (folder / name / "templates" / "sub" / "b.html").write_text("b", encoding="utf-8")


def test_templates_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_package(tmp_path, "package_with_templates")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    loader = PackageLoader("package_with_templates")

    assert loader.load("a.html").text == "packed"
    assert loader.load("a.html").filename is not None
    assert list(loader.names()) == ["a.html", "sub/b.html"]
    for name in ["nope.html", "../__init__.py", "sub"]:
        with pytest.raises(TemplateNotFound):
            loader.load(name)


def test_templates_of_a_package_in_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_package(tmp_path, "zipped_templates")
    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((tmp_path / "zipped_templates").rglob("*")):
            packed.write(path, path.relative_to(tmp_path))
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path])
    monkeypatch.delitem(sys.modules, "zipped_templates", raising=False)
    (tmp_path / "zipped_templates").rename(tmp_path / "gone")
    loader = PackageLoader("zipped_templates")

    assert loader.load("sub/b.html").text == "b"
    assert list(loader.names()) == ["a.html", "sub/b.html"]
    for name in ["nope.html", "../__init__.py"]:
        with pytest.raises(TemplateNotFound):
            loader.load(name)


@pytest.mark.parametrize("kind", [DictLoader, DirectoryLoader, ChainLoader, PackageLoader])
def test_all_are_loaders(kind: type) -> None:
    assert issubclass(kind, Loader)
