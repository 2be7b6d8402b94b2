r"""groundup_forms.disposition: the heads that clients send, and those that nobody should read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_forms import FormError
from groundup_forms.disposition import PLAIN, PartStart, read_part_start


def read(parameters: str, *lines: str) -> PartStart:
    head = "\r\n".join([f"Content-Disposition: form-data{parameters}", *lines])
    return read_part_start(head.encode(), 16)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ('; name="title"', "title"),
        ('; name=""', ""),
        ("; name=title", "title"),
        (';name = "title" ;', "title"),
        ('; NAME="title"', "title"),
        ('; name="größe"', "größe"),
        ('; name="a%22b%0D%0Ac"', 'a"b\r\nc'),
        (r'; name="a\"b\\c"', 'a"b\\c'),
        ('; name="\\"', "\\"),
        ('; name="a\\" ;', "a\\"),
        ('; name="100%41 %"', "100%41 %"),
        ('; name="a;b=c"', "a;b=c"),
    ],
)
def test_reads_the_name_of_a_field(parameters: str, name: str) -> None:
    part = read(parameters)

    assert (part.name, part.filename, part.content_type) == (name, None, None)


@pytest.mark.parametrize(
    ("parameters", "filename"),
    [
        ('; filename="me.png"', "me.png"),
        ('; filename=""', ""),
        ("; filename=me.png", "me.png"),
        ('; filename="C:\\Users\\new\\pic.png"', "pic.png"),
        ('; filename="../../etc/passwd"', "passwd"),
        ('; filename="say %22hi%22.png"', 'say "hi".png'),
        (r'; filename="say \"hi\".png"', 'say "hi".png'),
        ('; filename="a%0d%0ab.png"', "ab.png"),
        ('; filename="写真.png"', "写真.png"),
        ("; filename=\"x.png\"; filename*=UTF-8''%E5%86%99%2F%E7%9C%9F.png", "真.png"),
        ("; filename*=iso-8859-1'de'gr%F6%DFe.txt", "größe.txt"),
        ("; filename=\"x.png\"; filename*=utf-7''%2BADw-", "x.png"),
    ],
)
def test_reads_the_name_of_a_file(parameters: str, filename: str) -> None:
    part = read('; name="f"' + parameters)

    assert (part.name, part.filename) == ("f", filename)


def test_reads_the_type_and_the_charset() -> None:
    part = read('; name="f"', 'Content-Type: Text/HTML; charset="ISO-8859-1"', "X-Extra: 1")

    assert (part.content_type, part.charset) == ("text/html", "cp1252")
    assert part.headers["x-extra"] == "1"
    assert len(part.headers) == 3


def test_the_head_of_a_plain_field_is_read_at_one_go() -> None:
    line = b'\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
    match = PLAIN.match(line)

    assert match is not None
    assert match[1] == b"title"
    assert PartStart("title").headers.multi_items() == [
        ("Content-Disposition", 'form-data; name="title"')
    ]


@pytest.mark.parametrize("name", [b"a%22b", b'a\\"b', "é".encode(), b"a\nb", b"a\0b"])
def test_the_short_cut_leaves_all_else_to_the_full_reader(name: bytes) -> None:
    assert not PLAIN.match(b'\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n')


def test_bytes_that_are_no_text_are_replaced() -> None:
    head = b'Content-Disposition: form-data; name="caf\xe9"; filename="\xff.png"'
    part = read_part_start(head, 16)

    assert (part.name, part.filename) == ("caf\ufffd", "\ufffd.png")
    assert repr(part) == "<PartStart 'caf\ufffd' filename='\ufffd.png'>"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"", "must have a Content-Disposition, got none"),
        (b"Content-Type: text/plain", "must have a Content-Disposition"),
        (b"Content-Disposition: form-data", "'form-data' with a name"),
        (b'Content-Disposition: attachment; name="a"', "'form-data' with a name"),
        (b'Content-Disposition: ; name="a"', "'form-data' with a name"),
        (b'Content-Disposition : form-data; name="a"', "on one line"),
        (b'Content-Disposition: form-data;\r\n name="a"', "on one line"),
        (b'Content-Disposition: form-data; name="a"\nX: 1', "on one line"),
        (b'Content-Disposition: form-data; name="a"\rX: 1', "on one line"),
        (b'Content-Disposition: form-data; name="a\0"', "on one line"),
        (b'Content-Disposition: form-data; name="a"\r\n: x', "on one line"),
        (b'Content-Disposition: form-data; name="a"\r\nno colon', "on one line"),
        (b'Content-Disposition: form-data; name="a"; name="b"', "one name"),
        (b'Content-Disposition: form-data; name="a"; filename=b; FileName=c', "one filename"),
        (b'Content-Disposition: form-data; name="a"; filename="b', 'name="value"'),
        (b'Content-Disposition: form-data; name="a" filename="b"', 'name="value"'),
        (b'Content-Disposition: form-data; name="a"junk', 'name="value"'),
        (b"Content-Disposition: form-data; name", 'name="value"'),
        (
            b'Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"',
            "one content-disposition, got two",
        ),
    ],
)
def test_refuses_heads_that_can_be_read_in_two_ways(head: bytes, message: str) -> None:
    with pytest.raises(FormError, match=message) as caught:
        read_part_start(head, 16)

    assert caught.value.status == 400


@pytest.mark.parametrize("encoding", ["7bit", "8BIT", "binary", ""])
def test_harmless_transfer_encodings_are_ignored(encoding: str) -> None:
    assert read('; name="a"', f"Content-Transfer-Encoding: {encoding}").name == "a"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x"])
def test_other_transfer_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(FormError, match=f"transfer encoding '{encoding}'") as caught:
        read('; name="a"', f"Content-Transfer-Encoding: {encoding}")

    assert caught.value.status == 415


def test_unknown_charset_is_refused() -> None:
    with pytest.raises(FormError, match="charset") as caught:
        read('; name="a"', "Content-Type: text/plain; charset=utf-7")

    assert caught.value.status == 415


def test_header_fields_are_counted() -> None:
    extra = [f"X-{number}: 1" for number in range(15)]

    assert read('; name="a"', *extra).name == "a"
    with pytest.raises(FormError, match=r"16 header fields \(max_headers\)") as caught:
        read('; name="a"', *extra, "X: 1")
    assert caught.value.status == 413


@given(st.text(), st.text())
def test_what_browsers_escape_is_read_back(name: str, filename: str) -> None:
    def escape(text: str) -> str:
        text = text.encode("utf-8", "replace").decode().replace("\0", "0").translate(controls)
        text = text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        return text.replace("\\", "/")

    controls = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], "_")
    part = read(f'; name="{escape(name)}"; filename="{escape(filename)}"')

    unescaped = escape(name)
    for code, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        unescaped = unescaped.replace(code, character)
    assert part.name == unescaped
    assert part.filename is not None
    assert not set(part.filename) & set("/\\\r\n\0")


@pytest.mark.parametrize(
    "junk",
    ["; " * 200_000, "; a=" + '"' * 400_000, '; a="' + "\\" * 400_000, "; a" + " " * 400_000],
)
def test_long_junk_takes_no_time(junk: str) -> None:
    started = time.process_time()

    with pytest.raises(FormError):
        read(junk)

    assert time.process_time() - started < 0.5
