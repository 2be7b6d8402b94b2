"""Filters that make HTML, URLs and JSON, or take them apart."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from groundup_templating.attributes import attribute_language, is_local
from groundup_templating.context import Language
from groundup_templating.errors import TemplateError, shorten
from groundup_templating.escapers import ESCAPERS, dump_json
from groundup_templating.markup import Attributes, Encoded, JSONText, Markup, escape
from groundup_templating.undefined import Undefined

__all__ = ["FILTERS"]

NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:.-]*")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
PARAGRAPH = re.compile(r"\n\s*\n")


def mark_safe(value: Any) -> Markup:
    """Say that a value is HTML: the author of the template answers for it."""
    return Markup(value.__html__() if hasattr(value, "__html__") else str(value))


def force_escape(value: Any) -> Markup:
    """Escape even what is HTML already."""
    return escape(str(value.__html__()) if hasattr(value, "__html__") else value)


def striptags(value: Any) -> str:
    """Remove tags and comments."""
    return mark_safe(value).striptags()


def urlencode_value(value: Any) -> str:
    """Percent-encode a text, or make the query of a URL from a mapping or pairs."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return Encoded(quote(str(value), safe="/"))
    pairs: Any = value.items() if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # of anything
    return Encoded(urlencode([(str(name), str(item)) for name, item in pairs]))


def to_json(value: Any, indent: int | None = None) -> Markup:
    """Write a value as JSON that is safe in a script and in an attribute."""
    return JSONText(dump_json(value, indent=indent))


def xmlattr(
    values: Mapping[str, Any],
    autospace: bool = True,  # noqa: FBT001, FBT002 - the order that users know
) -> Markup:
    """Write a mapping as attributes, each value escaped for its name; none is left out."""
    parts = {
        name: _format_attribute(name, value)
        for name, value in values.items()
        if value is not None and not isinstance(value, Undefined)
    }
    return Attributes.of(parts, prefix=" " if autospace else "")


def _format_attribute(name: str, value: Any) -> str:
    language = attribute_language(name.lower())
    if not NAME.fullmatch(name) or language in {Language.SCRIPT, Language.DOCUMENT}:
        raise TemplateError(f"xmlattr needs the name of a harmless attribute, got {shorten(name)}")
    inner = {Language.URL: "url_start", Language.SRCSET: "images", Language.STYLE: "style_value"}
    if language in inner:
        escaper = "url_local" if is_local(name.lower()) else inner[language]
        value = ESCAPERS[escaper](value)
    return f'{name}="{ESCAPERS["quoted"](value)}"'


def newlines_to_breaks(value: Any) -> Markup:
    """Write a text as HTML with <br> at the end of each line."""
    return Markup(str(escape(value)).replace("\n", "<br>\n"))


def paragraphs(value: Any) -> Markup:
    """Write a text as HTML: paragraphs at empty lines, <br> at the end of other lines."""
    parts = PARAGRAPH.split(str(escape(value)).replace("\r\n", "\n").strip("\n"))
    return Markup("\n".join(f"<p>{part}</p>".replace("\n", "<br>\n") for part in parts if part))


def urlize(
    value: Any,
    nofollow: bool = False,  # noqa: FBT001, FBT002 - the order that users know
    target: str | None = None,
) -> Markup:
    """Write a text as HTML with links where it holds web addresses."""
    text = value.__html__() if hasattr(value, "__html__") else str(value)
    rel = ' rel="nofollow noopener"' if nofollow else ' rel="noopener"'
    more = f'{rel} target="{escape(target)}"' if target else rel
    result: list[str] = []
    position = 0
    for found in LINK.finditer(text):
        url = escape(ESCAPERS["url_start"](found[0]))
        result += [str(escape(text[position : found.start()]))]
        result += [f'<a href="{url}"{more}>{escape(found[0])}</a>']
        position = found.end()
    return Markup("".join([*result, str(escape(text[position:]))]))


FILTERS: dict[str, Callable[..., Any]] = {
    "e": escape,
    "escape": escape,
    "forceescape": force_escape,
    "linebreaks": paragraphs,
    "nl2br": newlines_to_breaks,
    "safe": mark_safe,
    "striptags": striptags,
    "tojson": to_json,
    "urlencode": urlencode_value,
    "urlize": urlize,
    "xmlattr": xmlattr,
}
