r"""groundup_staticfiles.paths: names that mean one file below a root, or nothing."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_staticfiles.errors import PathError
from groundup_staticfiles.paths import canonical_path, split_path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", ("",)),
        ("/a.css", ("a.css",)),
        ("/a/b/c.css", ("a", "b", "c.css")),
        ("/docs/", ("docs", "")),
        ("/caf%C3%A9%201.txt", ("café 1.txt",)),
        ("/%61%2Ecss", ("a.css",)),
        ("/a%2541", ("a%41",)),
        ("/a..b/...c..", ("a..b", "...c..")),
        ("/a+b", ("a+b",)),
        ("/" + "x" * 255, ("x" * 255,)),
    ],
)
def test_splits_then_decodes(path: str, names: tuple[str, ...]) -> None:
    if any(name.startswith(".") for name in names):
        assert split_path(path, dotfiles=True, windows=False) == names
    else:
        assert split_path(path, windows=False) == names


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "*",
        "/..",
        "/../a",
        "/a/../../b",
        "/%2e%2e/a",
        "/%2E./a",
        "/a/%2e/b",
        "/./a",
        "//a",
        "/a//b",
        "/a//",
        "//",
        "/a%2fb",
        "/..%2f..%2fetc/passwd",
        "/a%5cb",
        "/a\\b",
        "/..\\..\\a",
        "/\\evil.example",
        "/a%00.css",
        "/a%0d%0aX:1",
        "/a%7f",
        "/.env",
        "/%2eenv",
        "/a/.git/config",
        "/.git/",
        "/a/.well-known/x",
        "/.well-known/.env",
        "/" + "x" * 256,
        "/" + "%C3%A9" * 128,
        "/" + "a/" * 2048,
    ],
)
def test_names_that_are_never_served_are_not_there(path: str) -> None:
    with pytest.raises(PathError) as caught:
        split_path(path)

    assert caught.value.status == 404
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "path",
    ["/%", "/%4", "/%zz", "/a%%41", "/%ff", "/%c0%ae%c0%ae/a", "/%ed%a0%80", "/é", "/a%u0041"],
)
def test_broken_encodings_are_bad_requests(path: str) -> None:
    with pytest.raises(PathError) as caught:
        split_path(path)

    assert caught.value.status == 400


def test_dotfiles_are_served_when_asked_for_and_well_known_always() -> None:
    assert split_path("/.env", dotfiles=True) == (".env",)
    assert split_path("/.well-known/security.txt") == (".well-known", "security.txt")
    with pytest.raises(PathError):
        split_path("/..", dotfiles=True)


@pytest.mark.parametrize(
    "name",
    [
        *("con", "CON.txt", "nul", "com1", "LPT9.css", "com¹", "conin$", "aux .txt"),
        *("a.css.", "a.css ", "a:b", "c:", "a.css::$DATA", "GIT~1", "a*", "a?", 'a"', "a<b", "a|b"),
    ],
)
def test_names_that_windows_bends_are_refused_there(name: str) -> None:
    path = "/" + quote(name)

    assert split_path(path, windows=False) == (name,)
    with pytest.raises(PathError, match="Windows"):
        split_path(path, windows=True)


@pytest.mark.parametrize("name", ["console.css", "a.b.css", "lpt10.txt", "null", "a-b_c.css"])
def test_plain_names_are_plain_on_windows_too(name: str) -> None:
    assert split_path(f"/{name}", windows=True) == (name,)


def test_limits_have_their_edges() -> None:
    longest = "/" + "a/" * 2047 + "b"

    assert len(longest) == 4096
    assert len(split_path(longest)) == 2048
    assert split_path("/" + "%61" * 255) == ("a" * 255,)
    with pytest.raises(PathError, match="4096 characters"):
        split_path(longest + "c")


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4))
def test_every_harmless_name_comes_through(names: list[str]) -> None:
    try:
        path = "".join("/" + quote(name, safe="") for name in names)
    except UnicodeEncodeError:
        return
    harmless = all(
        not name.startswith(".") and not any(c in "/\\\x7f" or c < " " for c in name)
        for name in names
    )
    if harmless:
        assert split_path(path, windows=False) == tuple(names)
    else:
        with pytest.raises(PathError):
            split_path(path, windows=False)


@settings(deadline=None)
@given(st.text("/.%2eE5fFcC0aA\\:~ab\0"))
def test_whatever_comes_through_stays_below_the_root(path: str) -> None:
    try:
        names = split_path("/" + path, dotfiles=True)
    except PathError:
        return

    assert not {".", ".."} & set(names)
    assert all(names[:-1])
    assert not any(set(name) & set("/\\\0") for name in names)
    assert split_path(canonical_path(names), dotfiles=True) == names
