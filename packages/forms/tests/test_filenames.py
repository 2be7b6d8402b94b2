"""groundup_forms.filenames: names that strangers chose, for the eye and for the disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import safe_filename
from groundup_forms.filenames import MAX_BYTES, last_component, numbered


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("me.png", "me.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\pic.png", "pic.png"),
        ("a/b\\c", "c"),
        ("a/", ""),
        (".", ""),
        ("a/..", ""),
        ("a\0b\r\nc\x7f\x85\u2028d", "abcd"),
        (".\0.", ""),
        (".htaccess", ".htaccess"),
        ("写真.png", "写真.png"),
    ],
)
def test_shows_the_last_component(sent: str, shown: str) -> None:
    assert last_component(sent) == shown


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        ("photo.png", "photo.png"),
        ("My report (1).pdf", "My report (1).pdf"),
        ("../.htaccess", "htaccess"),
        ("...", "upload"),
        ("", "upload"),
        ("report. ", "report"),
        ("con", "_con"),
        ("Con.txt", "_Con.txt"),
        ("aux .h", "_aux .h"),
        ("COM1.tar.gz", "_COM1.tar.gz"),
        ("lpt²", "_lpt²"),
        ("CONIN$", "_CONIN$"),
        ("console.log", "console.log"),
        ("a:b?.png", "a_b_.png"),
        ("file.txt::$DATA", "file.txt__$DATA"),
        ("photo\u202egnp.exe", "photo_gnp.exe"),
        ("e\u0301.txt", "é.txt"),
        ("\ud800.txt", "_.txt"),
    ],
)
def test_makes_a_name_for_the_disk(sent: str, safe: str) -> None:
    assert safe_filename(sent) == safe


def test_long_names_are_cut_and_keep_their_suffix() -> None:
    for character in ("x", "é", "😀"):
        name = safe_filename(character * 300 + ".jpeg")
        assert name.endswith(character + ".jpeg")
        assert MAX_BYTES - 4 < len(name.encode()) <= MAX_BYTES
    assert safe_filename("x" * MAX_BYTES) == "x" * MAX_BYTES
    assert safe_filename("a." + "x" * 300) == "a." + "x" * (MAX_BYTES - 2)
    assert safe_filename("x" * 300) == "x" * MAX_BYTES


@given(st.text())
def test_whatever_is_sent_is_one_plain_file(sent: str) -> None:
    name = safe_filename(sent)

    assert name
    assert name == name.strip(" .")
    assert not set(name) & set('/\\<>:"|?*\0\r\n')
    assert len(name.encode()) <= MAX_BYTES + 1
    assert safe_filename(name) == name


def test_numbers_go_before_the_suffix() -> None:
    assert numbered("a.tar.gz", 3) == "a.tar-3.gz"
    assert numbered("README", 2) == "README-2"
