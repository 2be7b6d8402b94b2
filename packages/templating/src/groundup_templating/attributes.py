"""Which language the values of an attribute and the content of a script are written in.

Names that nobody knows hold text: what a page does with ``data-url`` is the business of its script.
"""

import re

from groundup_templating.context import Language

__all__ = ["attribute_language", "holds_script"]

URL_ATTRIBUTES = frozenset(
    [
        "action",
        "archive",
        "background",
        "cite",
        "classid",
        "codebase",
        "data",
        "dynsrc",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "lowsrc",
        "manifest",
        "ping",
        "poster",
        "profile",
        "src",
        "usemap",
        "xlink:href",
    ]
)
SCRIPT_TYPES = re.compile(
    r"\s*(?:|module|importmap|speculationrules|[\w.+-]+/(?:[\w.-]+\+)?json5?"
    r"|(?:text|application)/(?:x-)?(?:java|ecma|js|live|type)script[\d.]*|text/babel|text/jsx)\s*(?:;.*)?",
    re.IGNORECASE,
)


def attribute_language(name: str) -> Language:
    """Return what the values of an attribute are written in.

    >>> attribute_language("onclick"), attribute_language("data-src")
    (<Language.SCRIPT: 'script'>, <Language.TEXT: 'text'>)
    """
    if name in URL_ATTRIBUTES:
        return Language.URL
    if name in {"srcset", "imagesrcset"}:
        return Language.SRCSET
    if name.startswith("on"):
        return Language.SCRIPT
    return {"style": Language.STYLE, "srcdoc": Language.DOCUMENT}.get(name, Language.TEXT)


def holds_script(type_: str) -> bool:
    """Whether a script element of this type holds JavaScript or JSON.

    >>> holds_script(""), holds_script("application/ld+json"), holds_script("text/x-template")
    (True, True, False)
    """
    return SCRIPT_TYPES.fullmatch(type_) is not None
