"""groundup_staticfiles.manifest: from the names of the program to the names of today."""

import json
from pathlib import Path

import pytest

from groundup_staticfiles import Manifest, StaticFilesError
from groundup_staticfiles.manifest import MANIFEST, MAX_MANIFEST


def test_a_name_is_the_path_to_link_to() -> None:
    manifest = Manifest({"docs/café 1.txt": "docs/café 1.2cf2.txt"})

    assert manifest.url("docs/café 1.txt") == "/static/docs/caf%C3%A9%201.2cf2.txt"
    assert manifest.url("unknown?.css", prefix="/") == "/unknown%3F.css"


def test_the_manifest_is_read_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"a.css": "a.2cf2.css"}))

    manifest = Manifest.load(tmp_path)

    assert (manifest.names, manifest.missing) == ({"a.css": "a.2cf2.css"}, ())


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff"])
def test_a_manifest_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)

    with pytest.raises(StaticFilesError, match="must have a manifest"):
        Manifest.load(tmp_path)


def test_the_size_of_a_manifest_has_its_edge(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(b"{}".ljust(MAX_MANIFEST))
    assert Manifest.load(tmp_path).names == {}

    (tmp_path / MANIFEST).write_bytes(b"{}".ljust(MAX_MANIFEST + 1))
    with pytest.raises(StaticFilesError, match="must not have more than"):
        Manifest.load(tmp_path)


def test_a_site_that_is_being_written_needs_no_manifest(tmp_path: Path) -> None:
    assert Manifest.load(tmp_path, required=False).url("a.css") == "/static/a.css"

    (tmp_path / MANIFEST).write_bytes(b"{")
    with pytest.raises(StaticFilesError, match="can be read"):
        Manifest.load(tmp_path, required=False)
