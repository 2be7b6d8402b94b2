"""tests.benchmarks.cases: requests are whole, and answers are compared."""

import pytest
from tests.benchmarks import content
from tests.benchmarks.cases import ALL, CASES, FORM, LARGE, STATIC, UPLOAD, Case, add_validators
from tests.benchmarks.contenders import CONTENDERS

from groundup_forms import parse_form
from groundup_httpparse import parse_request


@pytest.mark.parametrize("case", [case for case in ALL if case.request], ids=lambda case: case.name)
def test_request_is_whole(case: Case) -> None:
    request = parse_request(case.request)

    assert request.headers["Host"] == "localhost"


def test_form_holds_the_fields_that_are_asked_for() -> None:
    request = parse_request(CASES["form"].request)

    fields = parse_form(request.headers["Content-Type"], request.body).fields

    assert dict(fields) == FORM
    assert tuple(FORM) == content.FIELDS


def test_upload_is_a_file_of_a_mebibyte() -> None:
    request = parse_request(CASES["upload"].request)

    file = parse_form(request.headers["Content-Type"], request.body).files["file"]

    assert file.read() == UPLOAD
    assert len(UPLOAD) == 2**20
    file.close()


def test_static_file_has_ten_kibibytes() -> None:
    assert len(STATIC) == 10 * 1024
    assert len(LARGE) == 10 * 1024 * 1024


def test_json_is_compared_as_a_value_and_text_to_the_byte() -> None:
    assert CASES["json"].accepts(200, b'{ "message" : "Hello, World!" }')
    assert not CASES["json"].accepts(200, b'{"message": "Hello"}')
    assert CASES["plaintext"].accepts(200, b"Hello, World!")
    assert not CASES["plaintext"].accepts(200, b"Hello, World!\n")
    assert not CASES["plaintext"].accepts(500, b"Hello, World!")


def test_condition_repeats_the_validators_that_the_server_gave() -> None:
    case = add_validators(CASES["notmodified"], {"etag": '"abc"', "date": "now"})

    headers = parse_request(case.request).headers

    assert headers["If-None-Match"] == '"abc"'
    assert "If-Modified-Since" not in headers


def test_contenders_take_part_in_cases_that_there_are() -> None:
    for contender in CONTENDERS.values():
        assert contender.cases <= CASES.keys()
        assert "{port}" in " ".join(contender.command)
