"""Which language the values of an attribute and the content of a script are written in.

    <a href="{{ x }}">         a URL: any harmless scheme, any host; a person decides to follow it
    <img src="{{ x }}">        the same: a picture does nothing but show
    <script src="{{ x }}">     a URL of this site: what it loads acts for the page

Names that nobody knows hold text: what a page does with ``data-url`` is the business of its script.
"""

import re

from groundup_templating.context import ANIMATIONS, ANYTHING, Language

__all__ = ["attribute_language", "holds_script", "is_local", "is_risky"]

# Followed by a person (href, action, formaction, cite, longdesc), shown as a picture, sound or film
# (src, poster, background, icon, dynsrc, lowsrc), or only told (ping, attributionsrc, profile).
URL_ATTRIBUTES = frozenset(
    [
        "action",
        "attributionsrc",
        "background",
        "cite",
        "data",
        "dynsrc",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "lowsrc",
        "ping",
        "poster",
        "profile",
        "src",
        "usemap",
    ]
)
# Programs of plug-ins, the list of what works off line, and what relative URLs begin from.
LOCAL_ATTRIBUTES = frozenset(["archive", "classid", "codebase", "manifest", "xml:base"])
LOCAL_ON = {
    "applet": frozenset(["code", "object"]),
    "base": frozenset(["href"]),
    "embed": frozenset(["src"]),
    "frame": frozenset(["src"]),
    "iframe": frozenset(["src"]),
    "link": frozenset(["href"]),
    "object": frozenset(["data"]),
    "script": frozenset(["src", "href"]),
    "use": frozenset(["href"]),
}
# Links that load nothing that acts.  All others are local: stylesheet, preload, manifest, import …
HARMLESS_RELS = frozenset(
    [
        "alternate",
        "amphtml",
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "author",
        "bookmark",
        "canonical",
        "dns-prefetch",
        "external",
        "first",
        "help",
        "icon",
        "image_src",
        "index",
        "last",
        "license",
        "mask-icon",
        "me",
        "next",
        "nofollow",
        "pgpkey",
        "pingback",
        "preconnect",
        "prev",
        "previous",
        "publisher",
        "search",
        "self",
        "shortcut",
        "shortlink",
        "tag",
        "up",
        "webmention",
    ]
)
REFRESHING = frozenset(["refresh", ANYTHING])
ANIMATED = frozenset(["by", "from", "to", "values"])  # of href, or of anything else
SCRIPT_TYPES = re.compile(
    r"\s*(?:|module|importmap|speculationrules|[\w.+-]+/(?:[\w.-]+\+)?json5?"
    r"|(?:text|application)/(?:x-)?(?:java|ecma|js|live|type)script[\d.]*|text/babel|text/jsx)\s*(?:;.*)?",
    re.IGNORECASE,
)


def attribute_language(name: str, element: str = "", said: str = "") -> Language:
    """Return what the values of an attribute are written in.

    Args:
        name: Of the attribute, in small letters.
        element: Of the tag, if it is one that matters.
        said: What another attribute of the tag has said: http-equiv of a meta.

    >>> attribute_language("onclick"), attribute_language("data-src")
    (<Language.SCRIPT: 'script'>, <Language.TEXT: 'text'>)
    """
    if element == "meta" and name == "content" and said in REFRESHING:
        return Language.REFRESH
    if element in ANIMATIONS and name in ANIMATED:
        return Language.ANIMATION
    if name in URL_ATTRIBUTES or name.endswith(":href") or is_local(name, element, said):
        return Language.URL
    if name in {"srcset", "imagesrcset"}:
        return Language.SRCSET
    if name.startswith("on"):
        return Language.SCRIPT
    return {"style": Language.STYLE, "srcdoc": Language.DOCUMENT}.get(name, Language.TEXT)


def is_local(name: str, element: str = "", said: str = "", *, xml: bool = False) -> bool:
    """Whether what the URL of an attribute loads acts for the page.

    In XML a link is that of a feed, unless it says that it is another.

    >>> is_local("src", "script"), is_local("src"), is_local("href", "link", "canonical")
    (True, False, False)
    """
    if element == "link" and (said or xml) and HARMLESS_RELS.issuperset(said.split()):
        return False
    return name in LOCAL_ATTRIBUTES or name.rpartition(":")[2] in LOCAL_ON.get(element, ())


def is_risky(name: str) -> bool:
    """Whether there is an element on which an attribute is more than text.

    >>> is_risky("content"), is_risky("href"), is_risky("alt")
    (True, True, False)
    """
    if name in {"content", "http-equiv", "rel", "type", "object"} or name in ANIMATED:
        return True
    return attribute_language(name) is not Language.TEXT


def holds_script(type_: str) -> bool:
    """Whether a script element of this type holds JavaScript or JSON.

    >>> holds_script(""), holds_script("application/ld+json"), holds_script("text/x-template")
    (True, True, False)
    """
    return SCRIPT_TYPES.fullmatch(type_) is not None
