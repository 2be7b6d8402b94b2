"""groundup_templating.attributes: what the values of an attribute are written in."""

import pytest

from groundup_templating.attributes import attribute_language, holds_script
from groundup_templating.context import Language


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("href", Language.URL),
        ("formaction", Language.URL),
        ("onload", Language.SCRIPT),
        ("style", Language.STYLE),
        ("srcset", Language.SRCSET),
        ("srcdoc", Language.DOCUMENT),
        ("content", Language.TEXT),
        ("data-src", Language.TEXT),
        ("hx-get", Language.TEXT),
    ],
)
def test_languages(name: str, language: Language) -> None:
    assert attribute_language(name) is language


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "module",
        "text/javascript",
        "application/x-javascript",
        "text/ecmascript; charset=x",
        "application/json",
        "application/ld+json",
        "importmap",
        "speculationrules",
    ],
)
def test_scripts(kind: str) -> None:
    assert holds_script(kind)
    assert holds_script(kind.upper())


@pytest.mark.parametrize(
    "kind", ["text/html", "text/x-handlebars", "text/plain", "x", "javascripts"]
)
def test_other_content(kind: str) -> None:
    assert not holds_script(kind)
