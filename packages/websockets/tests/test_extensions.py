"""groundup_websockets.extensions: who agrees to what, RFC 7692, section 7.1."""

import time
from contextlib import suppress

import pytest

from groundup_websockets import DeflateParameters, HandshakeError
from groundup_websockets.extensions import (
    OFFER,
    accept_answer,
    accept_offer,
    format_answer,
    parse_extensions,
)

PMD = "permessage-deflate"


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        pytest.param(PMD, "; server_max_window_bits=12", id="plain"),
        pytest.param(OFFER, "; server_max_window_bits=12; client_max_window_bits=12", id="browser"),
        pytest.param(
            f"{PMD}; client_max_window_bits=10; server_max_window_bits=9",
            "; server_max_window_bits=9; client_max_window_bits=10",
            id="small-windows",
        ),
        pytest.param(
            f"{PMD}; server_no_context_takeover; client_no_context_takeover",
            "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12",
            id="no-takeover",
        ),
        pytest.param(f'{PMD}; server_max_window_bits="10"', "; server_max_window_bits=10", id="q"),
        pytest.param(f"x-other; a=b, {PMD}", "; server_max_window_bits=12", id="second"),
        pytest.param(f"{PMD}; unknown, {PMD}", "; server_max_window_bits=12", id="next-offer"),
        pytest.param(
            f"{PMD}; server_max_window_bits=8, {PMD}", "; server_max_window_bits=12", id="8-bits"
        ),
    ],
)
def test_offers_that_are_taken(offer: str, answer: str) -> None:
    agreed = accept_offer(offer)

    assert agreed is not None
    assert agreed[1] == PMD + answer


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "x-webkit-deflate-frame",
        f"{PMD}; server_no_context_takeover=1",
        f"{PMD}; server_no_context_takeover; server_no_context_takeover",
        f"{PMD}; server_max_window_bits",
        f"{PMD}; server_max_window_bits=7",
        f"{PMD}; server_max_window_bits=16",
        f"{PMD}; server_max_window_bits=010",
        f"{PMD}; client_max_window_bits=x",
        f"{PMD}; client_max_window_bits; client_max_window_bits=12",
        f"{PMD}; server_max_window_bits=8",
        f"{PMD}; surprise=1",
    ],
)
def test_offers_that_are_passed_over(offer: str) -> None:
    assert accept_offer(offer) is None


@pytest.mark.parametrize("value", [";", "a b", "a;", "a; =1", 'a; b="', 'a; b="c d"', "a=1", "ä"])
def test_what_is_no_list_is_refused(value: str) -> None:
    with pytest.raises(HandshakeError, match="list of extensions"):
        parse_extensions(value)


def test_blanks_and_empty_members_are_tolerated() -> None:
    value = "a ; b = c ,, d\t;\te , "

    assert parse_extensions(value) == [("a", [("b", "c")]), ("d", [("e", None)])]


def test_an_answer_names_only_what_differs_from_the_default() -> None:
    assert format_answer(DeflateParameters()) == PMD


def test_a_client_reads_the_answer() -> None:
    answer = f"{PMD}; server_no_context_takeover; client_max_window_bits=12"

    assert accept_answer(answer) == DeflateParameters(
        server_no_context_takeover=True, client_max_window_bits=12
    )


@pytest.mark.parametrize(
    "answer",
    [
        "other",
        f"{PMD}, {PMD}",
        f"{PMD}; client_max_window_bits",
        f"{PMD}; server_max_window_bits=99",
        f"{PMD}; surprise",
    ],
)
def test_a_client_refuses_what_is_no_answer(answer: str) -> None:
    with pytest.raises(HandshakeError, match="answer the offer"):
        accept_answer(answer)


@pytest.mark.parametrize(
    "value", ["a;" * 20_000, "a" + " ;" * 20_000, "a, " * 20_000, '"' * 40_000]
)
def test_hostile_values_take_linear_time(value: str) -> None:
    start = time.process_time()

    with suppress(HandshakeError):
        accept_offer(value)

    assert time.process_time() - start < 0.5
