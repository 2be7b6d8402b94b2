"""groundup_messages.negotiation: RFC 9110, section 12.5.1."""

import pytest

from groundup_messages.negotiation import choose_media_type

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
    ],
)
def test_chooses_what_the_client_likes_best(
    accept: str | None, offers: list[str], chosen: str | None
) -> None:
    assert choose_media_type(accept, offers) == chosen
