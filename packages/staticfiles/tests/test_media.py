"""groundup_staticfiles.media: one table on every machine."""

import re

import pytest

from groundup_staticfiles.media import TYPES, is_compressible, media_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("logo.png", "image/png"),
        ("photo.jpg", "image/jpeg"),
        ("PHOTO.JPEG", "image/jpeg"),
        ("data.json", "application/json"),
        ("site.tar.gz", "application/gzip"),
        ("app.wasm", "application/wasm"),
        ("README", "application/octet-stream"),
        (".css", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("a.", "application/octet-stream"),
    ],
)
def test_the_end_of_the_name_decides(name: str, kind: str) -> None:
    assert media_type(name) == kind


@pytest.mark.parametrize("suffix", TYPES)
def test_the_table_is_well_formed(suffix: str) -> None:
    assert re.fullmatch("[a-z0-9]+", suffix)
    assert re.fullmatch("[a-z]+/[a-z0-9.+-]+", TYPES[suffix])


def test_what_is_compressed_already_is_not_compressed_again() -> None:
    for name in ("a.html", "a.svg", "a.json", "a.geojson", "a.wasm", "a.ttf"):
        assert is_compressible(media_type(name))
    for name in ("a.png", "a.zip", "a.woff2", "a.mp4", "a.pdf", "a", "a.gz"):
        assert not is_compressible(media_type(name))
