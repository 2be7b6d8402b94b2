"""The colours of the site: every text can be read on every ground that it stands on."""

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[2] / "course/docs/assets/look/groundup.css"
RULE = re.compile(r'^\[data-md-color-scheme="(\w+)"\] \{\n(.*?)\n\}', re.DOTALL | re.MULTILINE)
COLOUR = re.compile(r"--g-([\w-]+): (#[0-9a-f]{6});")
CODE = ("keyword", "string", "number", "function", "constant", "comment", "special")
PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "soft", "link", "link-over")
        for ground in ("ground", "raised")
    ),
    *((text, "tint") for text in ("ink", "link", "soft")),
    *((text, "raised") for text in CODE),
    *(("ink", ground) for ground in ("new", "gone")),
    ("on-lit", "lit"),
    ("ground", "link"),  # a filled button
    ("ground", "link-over"),
]


def schemes() -> dict[str, dict[str, str]]:
    """Return the colours of each scheme."""
    text = SHEET.read_text(encoding="utf-8")
    return {name: dict(COLOUR.findall(body)) for name, body in RULE.findall(text)}


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_has_contrast(scheme: str, text: str, ground: str) -> None:
    colours = schemes()[scheme]

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
def test_the_focus_is_seen(scheme: str, ground: str) -> None:
    colours = schemes()[scheme]

    assert contrast(colours["focus"], colours[ground]) >= 3


def test_both_schemes_have_the_same_colours() -> None:
    light, dark = schemes()["default"], schemes()["slate"]

    assert set(light) == set(dark)
    assert len(light) > 15


def test_the_style_sheet_fetches_nothing() -> None:
    text = SHEET.read_text(encoding="utf-8")

    assert "url(" not in text
    assert "@import" not in text
