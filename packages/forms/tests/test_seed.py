r"""What curl sends for the three commands of the project's seed, recorded."""

from typing import Any

import pytest

from groundup_forms import parse_form, parse_json

MULTIPART = "multipart/form-data; boundary=------------------------844f53e64d40214c"
DASHES = b"--------------------------844f53e64d40214c"
UPLOAD = (
    DASHES
    + b'\r\nContent-Disposition: form-data; name="name"\r\n\r\nAlice\r\n'
    + DASHES
    + b'\r\nContent-Disposition: form-data; name="avatar"; filename="image.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\r\n" + DASHES + b"--\r\n"
)


def test_curl_with_urlencoded_data() -> None:
    body = b"username=alice&password=secret123"

    form = parse_form("application/x-www-form-urlencoded", body)

    assert form.fields.get("username") == "alice"
    assert form.fields.get("password") == "secret123"


def test_curl_with_a_file() -> None:
    with parse_form(MULTIPART, UPLOAD) as form:
        assert form.fields.to_dict() == {"name": "Alice"}
        avatar = form.files["avatar"]
        assert (avatar.filename, avatar.content_type) == ("image.png", "image/png")
        assert avatar.read() == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def test_curl_with_json() -> None:
    value: Any = parse_json(b'{"name": "Alice", "email": "alice@example.com"}')

    assert value == {"name": "Alice", "email": "alice@example.com"}


@pytest.mark.parametrize("quote", [b"%22", b'\\"'], ids=["percent", "backslash"])
def test_curl_with_quotes_in_names(quote: bytes) -> None:
    body = UPLOAD.replace(b'"name"', b'"na' + quote + b'me"').replace(
        b"image.", b"im" + quote + b"."
    )

    with parse_form(MULTIPART, body) as form:
        assert form.fields.to_dict() == {'na"me': "Alice"}
        assert form.files["avatar"].filename == 'im".png'


def test_the_hints_of_the_seed() -> None:
    fields = parse_form(
        "application/x-www-form-urlencoded",
        b"username=alice&password=secret123&tags=python&tags=web",
    ).fields

    assert fields.getlist("tags") == ["python", "web"]
