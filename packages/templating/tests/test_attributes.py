"""groundup_templating.attributes: what the values of an attribute are written in."""

import pytest

from groundup_templating.attributes import (
    attribute_language,
    holds_script,
    is_local,
    is_risky,
)
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
        *((name, Language.URL) for name in ["action", "poster", "background", "cite"]),
        *(
            (name, Language.URL)
            for name in ["ping", "longdesc", "usemap", "profile", "icon", "dynsrc", "lowsrc"]
        ),
        *((name, Language.URL) for name in ["xlink:href", "manifest", "archive", "classid"]),
    ],
)
def test_languages(name: str, language: Language) -> None:
    assert attribute_language(name) is language


@pytest.mark.parametrize(
    ("name", "element", "said", "language"),
    [
        ("content", "meta", "refresh", Language.REFRESH),
        ("content", "meta", "*", Language.REFRESH),
        ("content", "meta", "content-type", Language.TEXT),
        ("content", "meta", "", Language.TEXT),
        ("content", "", "refresh", Language.TEXT),
        ("to", "animate", "", Language.ANIMATION),
        ("values", "set", "", Language.ANIMATION),
        ("to", "", "", Language.TEXT),
        ("code", "applet", "", Language.URL),
        ("code", "", "", Language.TEXT),
    ],
)
def test_languages_that_depend_on_the_tag(
    name: str, element: str, said: str, language: Language
) -> None:
    assert attribute_language(name, element, said) is language


@pytest.mark.parametrize(
    "place",
    [
        "script.src",
        "script.href",
        "script.xlink:href",
        "iframe.src",
        "frame.src",
        "embed.src",
        "object.data",
        "base.href",
        "link.href",
        "use.href",
        "use.xlink:href",
        "applet.code",
        ".manifest",
        ".codebase",
        ".archive",
        ".classid",
    ],
)
def test_what_acts_for_the_page_is_local(place: str) -> None:
    element, _, name = place.partition(".")

    assert is_local(name, element)
    assert attribute_language(name, element) is Language.URL


@pytest.mark.parametrize(
    "place", [".href", ".src", ".action", ".formaction", ".poster", ".ping", "script.id", "meta.a"]
)
def test_what_people_follow_or_only_see_is_not_local(place: str) -> None:
    element, _, name = place.partition(".")

    assert not is_local(name, element)


@pytest.mark.parametrize(
    ("rel", "local"),
    [
        ("", True),
        ("*", True),
        (" ", False),
        ("stylesheet", True),
        ("canonical", False),
        ("shortcut icon", False),
        ("alternate stylesheet", True),
        ("modulepreload", True),
        ("manifest", True),
        ("x", True),
    ],
)
def test_links_are_local_unless_they_load_nothing_that_acts(rel: str, local: bool) -> None:
    assert is_local("href", "link", rel) is local


def test_names_that_mean_more_on_some_elements_are_risky() -> None:
    assert all(
        map(
            is_risky,
            ["href", "onclick", "style", "content", "http-equiv", "rel", "type", "to", "values"],
        )
    )
    assert not any(map(is_risky, ["id", "class", "title", "alt", "width", "data-src", "async"]))


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
