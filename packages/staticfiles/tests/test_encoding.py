"""groundup_staticfiles.encoding: what the client likes, and what it refuses."""

import gzip
import os
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup_staticfiles.encoding import MAX_MEMO, SUFFIXES, choose_coding, compress, find_encoders

ALL = tuple(SUFFIXES)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "zstd"),
        ("identity", "identity"),
        ("identity, gzip", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=1, *;q=0", "identity"),
        ("identity;q=0", None),
        ("identity;q=0, gzip", "gzip"),
        ("*;q=0", None),
        ("*;q=0, identity", "identity"),
        ("deflate", "identity"),
        ("deflate, *;q=0", None),
        ("compress;q=0.5, gzip;q=1.0", "gzip"),
        ("gzip;q=junk", "identity"),
    ],
)
def test_chooses_by_quality(accepted: str | None, coding: str | None) -> None:
    assert choose_coding(accepted, ALL) == coding


def test_chooses_only_what_there_is() -> None:
    assert choose_coding("br, gzip", ("gzip",)) == "gzip"
    assert choose_coding("br, gzip", ()) == "identity"
    assert choose_coding("gzip, identity;q=0", ("br",)) is None
    assert choose_coding("gzip, *;q=0", ("br",)) is None


@settings(deadline=None)
@given(st.text("gzipbr*;q=0.15, ident"), st.sampled_from([(), ("gzip",), ALL]))
def test_any_field_gets_something_that_exists(accepted: str, available: tuple[str, ...]) -> None:
    assert choose_coding(accepted, available) in {None, "identity", *available}


def test_long_fields_are_read_too() -> None:
    accepted = "x," * MAX_MEMO + "gzip"

    assert choose_coding(accepted, ALL) == "gzip"


def test_compresses_always_alike() -> None:
    content = b"hello " * 1000
    small = compress(content)

    assert small is not None
    assert len(small) < 100
    assert compress(content) == small
    assert gzip.decompress(small) == content


def test_what_gets_no_smaller_is_left() -> None:
    assert compress(os.urandom(1000)) is None
    assert compress(b"") is None


# -- in advance -------------------------------------------------------------------------------


def test_gzip_is_always_there_and_the_last_choice() -> None:
    content = b"hello " * 1000

    encoders = find_encoders()

    assert list(encoders)[-1] == "gzip"
    assert encoders.keys() <= SUFFIXES.keys()
    for coding, encode in encoders.items():
        assert encode(content) == encode(content), coding
        assert len(encode(content)) < 200, coding
    assert gzip.decompress(encoders["gzip"](content)) == content


def test_modules_that_are_installed_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, int]]] = []

    def install(name: str) -> None:
        def compress(content: bytes, **options: int) -> bytes:
            asked.append((name, options))
            return content[:1]

        monkeypatch.setitem(sys.modules, name, vars_as_module(name, compress))

    for name in ("brotli", "brotlicffi", "compression.zstd", "backports.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)  # not installed
    assert list(find_encoders()) == ["gzip"]
    install("brotlicffi")
    install("zstandard")

    encoders = find_encoders()

    assert list(encoders) == ["br", "zstd", "gzip"]
    assert encoders["br"](b"abc") == encoders["zstd"](b"abc") == b"a"
    assert asked == [("brotlicffi", {"quality": 11}), ("zstandard", {"level": 19})]


def vars_as_module(name: str, compress: Callable[..., bytes]) -> ModuleType:
    module = ModuleType(name)
    vars(module)["compress"] = compress
    return module
