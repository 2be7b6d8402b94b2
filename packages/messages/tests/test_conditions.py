"""groundup_messages.conditions: RFC 9110, sections 8.8.3 and 13, with what clients get wrong."""

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_messages import ETag, ETags, RangeCondition, Request, Response
from groundup_messages.conditions import MAX_TAGS
from groundup_response import http_date

STRONG, WEAK, OTHER = ETag("1"), ETag("1", weak=True), ETag("2")
MODIFIED = datetime(2024, 1, 15, 10, 0, 0, 900_000, UTC)
SAME, EARLIER, LATER = (http_date(MODIFIED + timedelta(seconds=seconds)) for seconds in (0, -1, 1))


@pytest.mark.parametrize(
    ("one", "other", "strongly", "weakly"),
    [
        pytest.param(WEAK, WEAK, False, True, id="both-weak"),
        pytest.param(WEAK, ETag("2", weak=True), False, False, id="other-text"),
        pytest.param(WEAK, STRONG, False, True, id="one-weak"),
        pytest.param(STRONG, STRONG, True, True, id="both-strong"),
    ],
)
def test_tags_are_compared_as_the_table_of_the_rfc_says(
    one: ETag, other: ETag, strongly: bool, weakly: bool
) -> None:
    assert one.matches_strongly(other) is other.matches_strongly(one) is strongly
    assert one.matches(other) is other.matches(one) is weakly


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ('"1"', STRONG),
        ('W/"1"', WEAK),
        (' "1"\t', STRONG),
        ('""', ETag("")),
        ('"a,b"', ETag("a,b")),
        ('"\\"', ETag("\\")),
        ('"\xe9"', ETag("\xe9")),
        ("1", None),
        ('w/"1"', None),
        ('W/ "1"', None),
        ('"1', None),
        ('"1""2"', None),
        ('"a b"', None),
        ('"a\x7f"', None),
        ("", None),
        ("*", None),
    ],
)
def test_a_tag_is_read_or_is_none(value: str, tag: ETag | None) -> None:
    assert ETag.parse(value) == tag


@pytest.mark.parametrize("text", ['"', "a b", "\r\n", "\0", "\x7f", "a\u0142"])
def test_a_tag_that_cannot_be_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="visible characters"):
        ETag(text)


def test_the_tag_of_bytes_depends_on_each_of_them() -> None:
    assert ETag.of(b"content") == ETag.of(b"content")
    assert len({ETag.of(content) for content in (b"", b"content", b"Content", b"content ")}) == 4
    assert not ETag.of(b"content").weak


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"1"', ETags(frozenset({STRONG}))),
        ('"1", W/"1" ,"2"', ETags(frozenset({STRONG, WEAK, OTHER}))),
        (', "1",, "2" ,', ETags(frozenset({STRONG, OTHER}))),
        ('"a,b","2"', ETags(frozenset({ETag("a,b"), OTHER}))),
        (" * ", ETags(anything=True)),
        ('"*"', ETags(frozenset({ETag("*")}))),
        ("1", ETags(malformed=True)),
        ("", ETags(malformed=True)),
        (" , ", ETags(malformed=True)),
        ('"1", *', ETags(frozenset({STRONG}), malformed=True)),
        ('"1", 2, "2"', ETags(frozenset({STRONG}), malformed=True)),
        ('"1" "2"', ETags(malformed=True)),
    ],
)
def test_a_list_of_tags_is_read_as_far_as_it_makes_sense(value: str, expected: ETags) -> None:
    assert ETags.parse(value) == expected


texts = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF)).filter(
    lambda text: '"' not in text and not any("\x7f" <= character < "\x80" for character in text)
)
tags = st.builds(ETag, texts, st.booleans())


@given(st.frozensets(tags, min_size=1, max_size=MAX_TAGS), st.sampled_from([",", ", ", " ,,\t"]))
def test_what_is_written_is_read(expected: frozenset[ETag], comma: str) -> None:
    assert ETags.parse(comma.join(map(str, expected))) == ETags(expected)


@pytest.mark.parametrize(("count", "malformed"), [(MAX_TAGS, False), (MAX_TAGS + 1, True)])
def test_more_tags_than_the_limit_are_not_read(count: int, malformed: bool) -> None:
    found = ETags.parse(",".join(f'"{number}"' for number in range(count)))

    assert len(found.tags) == MAX_TAGS
    assert found.malformed is malformed


@pytest.mark.parametrize("value", ['"' * 100_000, "," * 100_000, " \t" * 100_000, 'W/"a' * 50_000])
def test_hostile_lists_take_linear_time(value: str) -> None:
    started = process_time()

    ETags.parse(value)
    ETag.parse(value)

    assert process_time() - started < 0.5


def ask(method: str, **fields: str) -> Request:
    return Request(method, "/", {name.replace("_", "-"): text for name, text in fields.items()})


@pytest.mark.parametrize(
    ("method", "fields", "etag", "status"),
    [
        pytest.param("GET", {}, STRONG, None, id="no-condition"),
        pytest.param("GET", {"If_None_Match": '"1"'}, STRONG, 304, id="known"),
        pytest.param("HEAD", {"If_None_Match": '"1"'}, STRONG, 304, id="known-head"),
        pytest.param("GET", {"If_None_Match": '"1"'}, WEAK, 304, id="known-weakly"),
        pytest.param("GET", {"If_None_Match": 'W/"1"'}, STRONG, 304, id="known-as-weak"),
        pytest.param("GET", {"If_None_Match": '"2", "1"'}, STRONG, 304, id="one-of-two"),
        pytest.param("GET", {"If_None_Match": '"2"'}, STRONG, None, id="changed"),
        pytest.param("GET", {"If_None_Match": "*"}, STRONG, 304, id="whatever"),
        pytest.param("GET", {"If_None_Match": "*"}, None, 304, id="whatever-without-tag"),
        pytest.param("GET", {"If_None_Match": '"1"'}, None, None, id="no-tag"),
        pytest.param("GET", {"If_None_Match": "1"}, STRONG, None, id="malformed-is-sent"),
        pytest.param("PUT", {"If_None_Match": "1"}, STRONG, 412, id="malformed-is-not-done"),
        pytest.param("PUT", {"If_None_Match": '"2", 1'}, STRONG, 412, id="half-malformed"),
        pytest.param("PUT", {"If_None_Match": '"1"'}, STRONG, 412, id="put-known"),
        pytest.param("PUT", {"If_None_Match": '"2"'}, STRONG, None, id="put-other"),
        pytest.param("PUT", {"If_None_Match": "*"}, STRONG, 412, id="create-what-there-is"),
        pytest.param("PUT", {"If_Match": '"1"'}, STRONG, None, id="still-the-same"),
        pytest.param("PUT", {"If_Match": '"1"'}, OTHER, 412, id="lost-update"),
        pytest.param("PUT", {"If_Match": '"1"'}, WEAK, 412, id="weak-is-not-enough"),
        pytest.param("PUT", {"If_Match": 'W/"1"'}, STRONG, 412, id="weak-is-not-enough-either"),
        pytest.param("PUT", {"If_Match": "*"}, STRONG, None, id="there-is-one"),
        pytest.param("PUT", {"If_Match": "*"}, None, None, id="there-is-one-without-tag"),
        pytest.param("PUT", {"If_Match": '"1"'}, None, 412, id="no-tag-to-match"),
        pytest.param("PUT", {"If_Match": "1"}, STRONG, 412, id="malformed-is-not-met"),
        pytest.param("GET", {"If_Match": '"2"'}, STRONG, 412, id="get-of-a-version"),
        pytest.param(
            "GET", {"If_Match": '"1"', "If_None_Match": '"1"'}, STRONG, 304, id="both-of-them"
        ),
    ],
)
def test_tags_decide(
    method: str, fields: dict[str, str], etag: ETag | None, status: int | None
) -> None:
    assert ask(method, **fields).check_conditions(etag) == status


@pytest.mark.parametrize(
    ("method", "fields", "status"),
    [
        pytest.param("GET", {"If_Modified_Since": SAME}, 304, id="same-second"),
        pytest.param("GET", {"If_Modified_Since": LATER}, 304, id="later"),
        pytest.param("GET", {"If_Modified_Since": EARLIER}, None, id="changed"),
        pytest.param("POST", {"If_Modified_Since": SAME}, None, id="of-no-read"),
        pytest.param("GET", {"If_Modified_Since": "yesterday"}, None, id="no-date"),
        pytest.param("PUT", {"If_Unmodified_Since": SAME}, None, id="unchanged"),
        pytest.param("PUT", {"If_Unmodified_Since": EARLIER}, 412, id="lost-update"),
        pytest.param("PUT", {"If_Unmodified_Since": "yesterday"}, None, id="no-date-to-meet"),
        pytest.param("GET", {"If_Unmodified_Since": EARLIER}, 412, id="get-of-an-old-one"),
        pytest.param(
            "GET", {"If_None_Match": '"2"', "If_Modified_Since": SAME}, None, id="tag-knows-more"
        ),
        pytest.param(
            "GET", {"If_None_Match": "1", "If_Modified_Since": SAME}, None, id="even-malformed"
        ),
        pytest.param(
            "PUT", {"If_Match": '"1"', "If_Unmodified_Since": EARLIER}, None, id="tag-before-date"
        ),
        pytest.param(
            *("GET", {"If_Unmodified_Since": SAME, "If_Modified_Since": SAME}, 304), id="two-dates"
        ),
    ],
)
def test_dates_decide_where_no_tag_does(
    method: str, fields: dict[str, str], status: int | None
) -> None:
    assert ask(method, **fields).check_conditions(STRONG, MODIFIED) == status


@pytest.mark.parametrize("name", ["If_Modified_Since", "If_Unmodified_Since"])
def test_a_date_is_ignored_where_nobody_knows_when_it_changed(name: str) -> None:
    assert ask("GET", **{name: EARLIER}).check_conditions(STRONG) is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"If_None_Match": "*"}, None),
        ({"If_None_Match": '"1"'}, None),
        ({"If_Match": "*"}, 412),
        ({"If_Match": '"1"'}, 412),
        ({}, None),
    ],
)
def test_something_new_is_made_only_once(fields: dict[str, str], status: int | None) -> None:
    assert ask("PUT", **fields).check_conditions(exists=False) == status


def test_a_naive_moment_is_refused_before_anybody_sends_a_date() -> None:
    with pytest.raises(ValueError, match="modified must be aware"):
        Request().check_conditions(modified=MODIFIED.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("value", "etag", "modified", "sent"),
    [
        pytest.param('"1"', STRONG, None, True, id="same-tag"),
        pytest.param('"1"', OTHER, None, False, id="other-tag"),
        pytest.param('W/"1"', WEAK, None, False, id="weak"),
        pytest.param('"1"', None, MODIFIED, False, id="no-tag"),
        pytest.param(SAME, STRONG, MODIFIED, True, id="same-date"),
        pytest.param(LATER, STRONG, MODIFIED, False, id="later-is-not-the-same"),
        pytest.param(SAME, STRONG, None, False, id="no-date"),
        pytest.param("1", STRONG, MODIFIED, False, id="malformed"),
        pytest.param('"1", "2"', STRONG, MODIFIED, False, id="list"),
        pytest.param("", STRONG, MODIFIED, False, id="empty"),
    ],
)
def test_a_range_is_sent_only_of_the_very_same(
    value: str, etag: ETag | None, modified: datetime | None, sent: bool
) -> None:
    assert RangeCondition.parse(value).matches(etag, modified) is sent


def test_conditions_are_read_from_a_request() -> None:
    request = ask(
        "GET",
        If_Match='"1"',
        If_None_Match="*",
        If_Modified_Since=SAME,
        If_Unmodified_Since="never",
        If_Range='"2"',
    )

    assert request.if_match == ETags(frozenset({STRONG}))
    assert request.if_none_match == ETags(anything=True)
    assert request.if_modified_since == MODIFIED.replace(microsecond=0)
    assert request.if_unmodified_since is None
    assert request.if_range == RangeCondition(OTHER)


def test_without_fields_there_is_no_condition() -> None:
    request = Request()

    assert (request.if_match, request.if_none_match, request.if_range) == (None, None, None)
    assert (request.if_modified_since, request.if_unmodified_since) == (None, None)
    assert request.check_conditions(STRONG, MODIFIED) is None


def test_lines_of_one_field_are_one_list() -> None:
    request = Request("GET", "/", [("If-None-Match", '"1"'), ("If-None-Match", '"2"')])

    assert request.check_conditions(OTHER) == 304


def test_a_response_has_the_tag_of_its_body() -> None:
    response = Response(200, "content")

    response.etag = WEAK
    written = response.headers["ETag"]
    read = response.etag
    response.etag = None

    assert (written, read, response.etag) == ('W/"1"', WEAK, None)
    assert Response(200, "", {"ETag": "unquoted"}).etag is None
