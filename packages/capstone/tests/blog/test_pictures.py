"""groundup.blog.pictures: only pictures are kept, under names of our own."""

from pathlib import Path

import pytest

from groundup.blog import pictures
from groundup.blog.pictures import find_kind, remove_picture, save_picture
from groundup_errors import ValidationError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


class Upload:
    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = data

    def read(self, size: int = -1, /) -> bytes:
        return self._data[: None if size < 0 else size]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a", "gif"),
        (b"GIF87a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<svg xmlns=", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_say_what_it_is(head: bytes, kind: str | None) -> None:
    assert find_kind(head) == kind


def test_a_picture_gets_a_name_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"

    first, second = save_picture(Upload(PNG), folder), save_picture(Upload(PNG), folder)

    assert first != second
    assert first.endswith(".png")
    assert (folder / first).read_bytes() == PNG


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="must be a PNG"):
        save_picture(Upload(b"<svg onload=alert(1)>"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_limit_holds_at_its_edge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURE", len(PNG))

    save_picture(Upload(PNG), tmp_path)

    with pytest.raises(ValidationError, match="must not be larger"):
        save_picture(Upload(PNG + b"x"), tmp_path)


def test_removing_forgives(tmp_path: Path) -> None:
    name = save_picture(Upload(PNG), tmp_path)

    remove_picture(name, tmp_path)
    remove_picture(name, tmp_path)
    remove_picture(None, tmp_path)

    assert list(tmp_path.iterdir()) == []
