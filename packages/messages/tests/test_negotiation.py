"""groundup_messages.negotiation: RFC 9110, section 12.5, and RFC 4647, section 3."""

from collections.abc import Callable, Sequence
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup_messages import Request
from groundup_messages.negotiation import (
    MAX_FIELD,
    MAX_ITEMS,
    choose_charset,
    choose_coding,
    choose_language,
    choose_media_type,
)

HTML, JSON, PLAIN = "text/html", "application/json", "text/plain"


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        pytest.param(None, [HTML, JSON], HTML, id="no-field"),
        pytest.param("", [HTML, JSON], HTML, id="empty-field"),
        pytest.param("*/*", [JSON, HTML], JSON, id="anything"),
        pytest.param("text/html,application/json;q=0.9", [JSON, HTML], HTML, id="quality"),
        pytest.param("application/json, text/html", [HTML, JSON], HTML, id="server-order"),
        pytest.param("text/*, text/plain;q=0.1", [PLAIN, HTML], HTML, id="exact-counts-more"),
        pytest.param("*/*, application/json;q=0", [JSON], None, id="refused"),
        pytest.param("image/png", [HTML], None, id="none"),
        pytest.param("TEXT/HTML", [HTML], HTML, id="case"),
        pytest.param("text/html;level=1", [HTML, "text/html;level=1"], "text/html;level=1", id="p"),
        pytest.param("text/*;q=0, */*", [HTML, JSON], JSON, id="range-refused"),
        pytest.param("*/*", [], None, id="no-offer"),
        pytest.param(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            [JSON, HTML],
            HTML,
            id="browser",
        ),
        pytest.param("application/json, text/plain, */*", [HTML, JSON], JSON, id="named-counts"),
        pytest.param("*/*, text/*", [JSON, HTML], HTML, id="kind-counts"),
        pytest.param("*;q=.2", [HTML], HTML, id="old-java"),
        pytest.param("text/html;q=0", [HTML], None, id="not-this"),
        pytest.param("text/html;q=0.001", [HTML], HTML, id="hardly"),
        pytest.param("text/html;q=7, application/json", [JSON, HTML], JSON, id="above-one-is-one"),
        pytest.param("text/html ; q=0.1,\tapplication/json ;Q=0.2", [HTML, JSON], JSON, id="blank"),
        pytest.param('text/html;a="x,y";q=0.1, */*;q=0.2', [HTML], HTML, id="quoted-comma"),
        pytest.param(
            "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5",
            [PLAIN, "text/plain;format=flowed"],
            "text/plain;format=flowed",
            id="rfc-example",
        ),
        pytest.param("text/plain;format=flowed", [PLAIN], None, id="parameter-missing"),
        pytest.param(
            *("text/plain;Format=FLOWED", ["text/plain;format=flowed"]),
            *("text/plain;format=flowed",),
            id="parameter-case",
        ),
        pytest.param("application/json;charset=utf-8", [JSON], JSON, id="any-charset"),
        pytest.param(
            *("text/html;charset=utf-8", ["text/html;charset=koi8-r"], None), id="other-charset"
        ),
        pytest.param("text/html;q=best, application/json", [HTML, JSON], JSON, id="no-number"),
        pytest.param("text/html;q=-1, application/json", [HTML, JSON], JSON, id="negative"),
        pytest.param("text/html;q=nan, application/json", [HTML, JSON], JSON, id="nan"),
        pytest.param("text/html;q=1e9, application/json", [HTML, JSON], JSON, id="exponent"),
        pytest.param("*/html, text/, /html, te xt/html, text", [JSON], JSON, id="nothing-readable"),
        pytest.param("*/html, image/png", [HTML], None, id="the-rest-is-readable"),
        pytest.param(",, ,text/html,", [JSON, HTML], HTML, id="empty-items"),
        pytest.param("text/html, text/html;q=0", [HTML], HTML, id="first-of-equals"),
        pytest.param("text/html/x", [HTML], HTML, id="two-slashes"),
    ],
)
def test_chooses_what_the_client_likes_best(
    accept: str | None, offers: list[str], chosen: str | None
) -> None:
    assert choose_media_type(accept, offers) == chosen


@pytest.mark.parametrize(
    ("accepted", "offers", "chosen"),
    [
        pytest.param(None, ["en", "de"], "en", id="no-field"),
        pytest.param("", ["en", "de"], "en", id="empty-field"),
        pytest.param("de", ["en", "de"], "de", id="same"),
        pytest.param("DE-ch", ["en", "de-CH"], "de-CH", id="case"),
        pytest.param("de", ["en", "de-CH"], "de-CH", id="part-of-what-is-wanted"),
        pytest.param("de-CH", ["en", "de"], "de", id="more-than-is-offered"),
        pytest.param("de-CH", ["de", "de-CH"], "de-CH", id="the-very-one"),
        pytest.param("de", ["de-CH", "de"], "de", id="the-very-one-of-a-part"),
        pytest.param("de-CH", ["de-AT"], None, id="neighbours"),
        pytest.param("zh-Hant-TW", ["zh-Hans", "zh-Hant"], "zh-Hant", id="script"),
        pytest.param("d", ["de"], None, id="no-prefix-of-letters"),
        pytest.param("fr, de;q=0.5", ["en", "de"], "de", id="second-best"),
        pytest.param("de-CH, de;q=0.1, fr;q=0.5", ["de", "fr"], "fr", id="said-is-said"),
        pytest.param("de;q=0, *", ["de-CH", "en"], "en", id="refused-with-its-parts"),
        pytest.param("de-CH;q=0, *;q=0.5", ["de-CH", "de"], "de", id="refused-alone"),
        pytest.param("fr", ["en"], None, id="none"),
        pytest.param("*", ["en"], "en", id="anything"),
        pytest.param("*;q=0", ["en"], None, id="nothing"),
        pytest.param("de_CH, x@y, toolongatag, de--CH", ["en"], "en", id="nothing-readable"),
        pytest.param("de-CH,en-US;q=0.7,en;q=0.3", ["en", "fr"], "en", id="firefox"),
    ],
)
def test_chooses_the_language(accepted: str | None, offers: list[str], chosen: str | None) -> None:
    assert choose_language(accepted, offers) == chosen


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, "utf-8"),
        ("iso-8859-1", "ISO-8859-1"),
        ("ISO-8859-1;q=0.5, UTF-8;q=0.6", "utf-8"),
        ("*, utf-8;q=0.1", "ISO-8859-1"),
        ("koi8-r", None),
        ("*;q=0", None),
        ('"utf-8"', "utf-8"),
    ],
)
def test_chooses_the_charset(accepted: str | None, chosen: str | None) -> None:
    assert choose_charset(accepted, ["utf-8", "ISO-8859-1"]) == chosen


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        pytest.param(None, "identity", id="no-field"),
        pytest.param("", "identity", id="empty-field"),
        pytest.param("gzip", "gzip", id="one"),
        pytest.param("gzip, deflate, br", "br", id="server-order"),
        pytest.param("GZip;q=1.0, br;q=0.9", "gzip", id="quality"),
        pytest.param("x-gzip", "gzip", id="old-name"),
        pytest.param("*", "br", id="anything"),
        pytest.param("*;q=0.5, br;q=0", "gzip", id="anything-but"),
        pytest.param("zstd", "identity", id="unknown"),
        pytest.param("gzip;q=0", "identity", id="refused"),
        pytest.param("gzip;q=0.001", "gzip", id="hardly-is-still-named"),
        pytest.param("identity, gzip;q=0.5", "identity", id="identity-liked-more"),
        pytest.param("identity;q=0.5, gzip", "gzip", id="identity-liked-less"),
        pytest.param("zstd, identity;q=0", None, id="identity-refused"),
        pytest.param("zstd, *;q=0", None, id="all-the-rest-refused"),
        pytest.param("*;q=0, identity", "identity", id="all-but-identity"),
        pytest.param("*;q=0, *", None, id="first-of-equals"),
        pytest.param("gz ip, br", "br", id="unreadable"),
        pytest.param("gzip;q=2, br;q=x", "gzip", id="no-number"),
    ],
)
def test_chooses_the_coding(accepted: str | None, chosen: str | None) -> None:
    assert choose_coding(accepted, ["br", "gzip", "identity"]) == chosen


@pytest.mark.parametrize("accepted", [None, "", "identity", "zstd"])
def test_no_coding_is_chosen_for_who_knows_none(accepted: str | None) -> None:
    assert choose_coding(accepted, ["br", "gzip"]) is None


CHOOSERS = [choose_media_type, choose_language, choose_charset, choose_coding]
Chooser = Callable[[str | None, Sequence[str]], str | None]


@pytest.mark.parametrize("choose", CHOOSERS)
def test_nothing_is_chosen_of_nothing(choose: Chooser) -> None:
    assert choose(None, []) is choose("*", []) is choose("a", []) is None


@pytest.mark.parametrize(("before", "chosen"), [(MAX_ITEMS - 1, "b/b"), (MAX_ITEMS, None)])
def test_items_count_up_to_the_limit(before: int, chosen: str | None) -> None:
    accept = ",".join(["x/x"] * before + ["b/b"])

    assert choose_media_type(accept, ["b/b"]) == chosen


@pytest.mark.parametrize(("length", "chosen"), [(MAX_FIELD, "b/b"), (MAX_FIELD + 1, "a/a")])
def test_a_field_that_is_too_long_says_nothing(length: int, chosen: str) -> None:
    assert choose_media_type("b/b".ljust(length), ["a/a", "b/b"]) == chosen


@pytest.mark.parametrize("choose", CHOOSERS)
@given(field=st.text(max_size=200), offers=st.lists(st.sampled_from(["a/b", "de", "gzip"])))
def test_whatever_is_sent_an_offer_or_none_is_chosen(
    choose: Chooser, field: str, offers: list[str]
) -> None:
    assert choose(field, offers) in {*offers, None}


@pytest.mark.parametrize("choose", CHOOSERS)
@pytest.mark.parametrize("piece", ['"', ",", ";", ";a=", "a/b,", "a-", "*;q=0,", " "])
def test_hostile_fields_take_little_time(choose: Chooser, piece: str) -> None:
    offers = [f"a/{number}" for number in range(20)]
    fields = [piece * (MAX_FIELD // len(piece)), piece * 100_000]
    started = process_time()

    for field in fields:
        choose(field, offers)

    assert process_time() - started < 0.5


def test_a_request_is_asked_for_each() -> None:
    fields = {
        "Accept": "text/html;q=0.5, application/json",
        "Accept-Language": "de, en;q=0.5",
        "Accept-Charset": "utf-8",
        "Accept-Encoding": "gzip",
    }
    request = Request("GET", "/", fields)

    assert request.accepts(HTML, JSON) == JSON
    assert request.accepts_language("en", "de") == "de"
    assert request.accepts_charset("iso-8859-1", "utf-8") == "utf-8"
    assert request.accepts_encoding("br", "gzip") == "gzip"
    assert Request().accepts_encoding("gzip") is None
