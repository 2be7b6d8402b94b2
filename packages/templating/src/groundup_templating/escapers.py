"""Write a value so that it stays a value in the place where it stands.

Each function takes any value and returns text that the parser of its place reads as that value and
nothing else.  They are chained from the inside to the outside: a string of a script in an attribute
goes through ``script_string`` and then ``quoted``.  Where no spelling is safe, as for the URL
``javascript:…``, a harmless constant stands in its place.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

from groundup_templating.attributes import attribute_language, is_risky
from groundup_templating.context import Language
from groundup_templating.errors import ContextError, TemplateError, UndefinedError, shorten
from groundup_templating.markup import Attributes, JSONText, Markup, escape_html
from groundup_templating.url_escapers import URL_ESCAPERS

__all__ = ["BLOCKED_STYLE", "ESCAPERS", "dump_json"]

BLOCKED_STYLE = "blocked"

ENTITY = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);)")
NEEDS_ENTITY = re.compile(r"""[^\w!#$%()*+,./:;?@\[\\\]^{|}~-]|[^\x21-\x7e]""", re.ASCII)
SCRIPT_UNSAFE = re.compile(
    r"""[\x00-\x1f\x7f-\x9f"'`\\<>&/=${}+\u2028\u2029\ufeff\ud800-\udfff-]"""
)
STYLE_UNSAFE = re.compile(r"""[^A-Za-z0-9 _.,-]""")
STYLE_VALUE = re.compile(r"[-+#.%\w ,!]*", re.ASCII)
STYLE_WORDS = re.compile(r"expression|behaviou?r|mozbinding|javascript", re.IGNORECASE)
ATTRIBUTE_NAMES = re.compile(r"[ \n]*(?:[A-Za-z][A-Za-z0-9_.:-]*(?:[ \n]+|\Z))*")
NAME_PART = re.compile(r"[A-Za-z0-9_.-]*")


def plain(value: Any) -> str:
    """Return the text of a value where nothing is escaped."""
    return value if type(value) is str else str(value)


def text(value: Any) -> str:  # noqa: C901 - written out, as it says
    """Escape for HTML text: the hot path, so the type is looked at first."""
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # of anything
    if kind is str:
        # As escape_html, written out: most values of most pages come by here.
        if "&" in value:
            value = value.replace("&", "&amp;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        if '"' in value:
            value = value.replace('"', "&#34;")
        if "'" in value:
            value = value.replace("'", "&#39;")
        return value  # type: ignore[no-any-return]  # its type has just been seen
    if kind is int or kind is float:
        return f"{value!s}"  # in half of the time of str(value), for what most tables are full of
    if kind is Markup:
        return value  # type: ignore[no-any-return]  # the same
    if hasattr(value, "__html__"):
        return str(value.__html__())
    return escape_html(str(value))


def quoted(value: Any) -> str:
    """Escape for a quoted attribute; of HTML, keep the text and the entities but not the tags."""
    if type(value) is str:
        return escape_html(value)
    if hasattr(value, "__html__"):
        value = value.__html__()
        if "<" in value and not isinstance(value, JSONText):
            value = escape_html(Markup(value).striptags())
        return _keep_entities(value)
    return escape_html(str(value))


def _keep_entities(html: str) -> str:
    html = ENTITY.sub("&amp;", html).replace("<", "&lt;").replace(">", "&gt;")
    return html.replace('"', "&#34;").replace("'", "&#39;")


def title(value: Any) -> str:
    """Escape for an element whose content has entities but no tags: title, textarea."""
    if hasattr(value, "__html__"):
        return _keep_entities(str(value.__html__()))
    return escape_html(str(value))


def unquoted(value: Any) -> str:
    """Escape for an attribute without quotes, where a space already ends the value."""
    value = unescape(quoted(value))
    return NEEDS_ENTITY.sub(lambda found: f"&#{ord(found[0])};", value)


def unquoted_whole(value: Any) -> str:
    """Escape for the start of an attribute without quotes, where nothing would end as quotes."""
    return unquoted(value) or '""'


def comment(value: Any) -> str:
    """Escape for a comment, so that it does not end."""
    return escape_html(str(value)).replace("-", "&#45;")


def document(value: Any) -> str:
    """Escape for a document inside of an attribute, ``srcdoc``: first level."""
    return str.__str__(text(value))


def attribute_name(value: Any) -> str:
    """Let pass attributes from ``xmlattr``, or names of harmless ones like `` selected``."""
    if type(value) is Attributes:
        return str(value)
    return _harmless_names(str(value))


def attribute_name_strict(value: Any) -> str:
    """Do the same in a tag where some names mean more: script, link, meta, iframe."""
    if type(value) is Attributes:
        if risky := sorted(filter(is_risky, map(str.lower, value.names))):
            raise ContextError(
                f"in this tag the attribute {risky[0]} must be written out, got it from a value"
            )
        return str(value)
    return _harmless_names(str(value))


def _harmless_names(names: str) -> str:
    words = names.lower().split()
    harmless = all(attribute_language(word) is Language.TEXT for word in words)
    if harmless and ATTRIBUTE_NAMES.fullmatch(names):
        return names
    raise ContextError(
        f"in a tag a value must be the name of a harmless attribute, got {shorten(names)}: "
        "use the filter xmlattr for more"
    )


def spaced(attributes: str) -> str:
    """Keep attributes apart from the name before them."""
    return f" {attributes}" if attributes and not attributes[0].isspace() else attributes


def name_part(value: Any) -> str:
    """Let pass the rest of the name of a data attribute."""
    if not NAME_PART.fullmatch(name := str(value)):
        raise ContextError(f"the name of an attribute must be letters and -, got {shorten(name)}")
    return name


def script_value(value: Any) -> str:
    """Write a value as a literal of JavaScript, which is JSON."""
    if type(value) is JSONText:
        return str(value)
    dumped = dump_json(value)
    return f" {dumped}" if dumped[0] == "-" else dumped  # x-{{ y }} must not become x--1


def script_string(value: Any) -> str:
    """Escape for a string of a script, whatever quotes it."""
    return SCRIPT_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", str(value))


def style_value(value: Any) -> str:
    """Let pass a word, number, length or colour of CSS, or several; nothing with brackets."""
    style = str(value)
    if STYLE_VALUE.fullmatch(style) and not STYLE_WORDS.search(style) and "--" not in style:
        return style
    return BLOCKED_STYLE


def style_string(value: Any) -> str:
    """Escape for a string of CSS."""
    return STYLE_UNSAFE.sub(lambda found: f"\\{ord(found[0]):x} ", str(value))


def dump_json(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that is safe inside of a script element and an attribute's script.

    Raises:
        TemplateError: The value is nothing that JSON can hold.
    """
    try:
        dumped = json.dumps(
            _without_nan(value),
            default=_dump_other,
            indent=indent,
            ensure_ascii=False,
            allow_nan=False,
        )
    except UndefinedError:
        raise
    except (TypeError, ValueError, RecursionError) as error:
        raise TemplateError(f"a value for a script must be JSON: {error}") from error
    if "<" in dumped or ">" in dumped or "&" in dumped or "'" in dumped or not dumped.isascii():
        dumped = dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        dumped = dumped.replace("'", "\\u0027").replace("\u2028", "\\u2028")
        dumped = dumped.replace("\u2029", "\\u2029")
    return dumped


def _without_nan(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _dump_other(value: Any) -> Any:
    if hasattr(value, "__json__"):
        return value.__json__()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID) or hasattr(value, "__html__"):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # of anything
    if isinstance(value, set | frozenset):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # of anything
    raise TypeError(f"got {shorten(value)}")


ESCAPERS: dict[str, Callable[[Any], str]] = {
    **URL_ESCAPERS,
    **{
        escaper.__name__: escaper
        for escaper in (
            plain,
            text,
            quoted,
            title,
            unquoted,
            unquoted_whole,
            comment,
            document,
            attribute_name,
            attribute_name_strict,
            spaced,
            name_part,
            script_value,
            script_string,
            style_value,
            style_string,
        )
    },
}
