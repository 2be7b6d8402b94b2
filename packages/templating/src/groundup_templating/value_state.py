"""Begin and end the value of an attribute: what it is written in, and what it says about others.

    <meta http-equiv="refresh" content="5;url={{ x }}">     x is a URL, because of http-equiv
    <link rel="icon" href="{{ x }}">                        of any site, because of rel
    <script type="text/x-template">{{ x }}</script>         no script, because of type

Such an attribute must come before those that it decides about; where it does not, the worst is
taken as given, or the template is refused.
"""

import re
from collections.abc import Callable

from groundup_templating.attributes import attribute_language, holds_script, is_local
from groundup_templating.context import (
    ANYTHING,
    URL_PARTS,
    Context,
    Language,
    Part,
    Slash,
    State,
    Url,
    decides,
    widen,
)
from groundup_templating.errors import ContextError
from groundup_templating.url_state import advance_url, after_url_value

__all__ = [
    "LONGEST_SEEN",
    "advance_refresh",
    "after_value",
    "begin_value",
    "end_value",
    "look_ahead",
    "mark_value",
]

# After the seconds of <meta http-equiv=refresh>: "5; url=/next", "5;/next", "5 '/next'".
REFRESH_URL = re.compile(r"\s*[^;,\s]*(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?[\"']?", re.IGNORECASE)
LONGEST_SEEN = 1000  # characters of an attribute that decides about others
Reader = Callable[[Context, str], Context]
CONTENT = "content"  # what a meta has said that had a value before anything else


def begin_value(context: Context, quote: str, name: str = "") -> Context:
    """Return the context at the start of the value of an attribute, of the one begun or of this.

    Raises:
        ContextError: It would decide about a value that stands before it.
    """
    name, element, said = name or context.attribute, context.element, context.said
    if said in {CONTENT, ANYTHING} and name == "http-equiv" and element == "meta":
        raise ContextError(
            "http-equiv must stand before a content that holds a value: it decides how that is read"
        )
    return context._replace(
        state=State.VALUE,
        attribute=name,
        quote=quote,
        language=attribute_language(name, element, said),
        local=is_local(name, element, said, xml=context.xml),
        part=Part.CODE,
        slash=Slash.REGEX,
        braces=(),
        url=Url.START,
        seen="",
    )


def end_value(context: Context) -> Context:
    """Return the context after a value, with what it has said."""
    element, content, said = context.element, context.content, context.said
    if element == "script" and context.attribute == "type":
        known = ANYTHING in context.seen or holds_script(context.seen)
        content = Language.SCRIPT if known else Language.TEXT
    elif decides(element, context.attribute):
        # Of two attributes with one name the first counts.
        said = said or context.seen.strip().lower() or " "
    return Context(State.TAG, element, content=content, said=said, xml=context.xml)


def after_value(context: Context) -> Context:
    """Return the context after a value that was escaped for ``context``."""
    if context.state in {State.TAG, State.ATTRIBUTE_NAME}:
        return context._replace(state=State.ATTRIBUTE_NAME, attribute=context.attribute + ANYTHING)
    if context.state is State.AFTER_NAME:
        # The value may have been empty: what follows would go on with the attribute before it.
        return widen(context)
    if context.state is State.BEFORE_VALUE:
        context = begin_value(context, "")
    if context.state not in {State.VALUE, State.RAW}:
        return context
    if context.language is Language.SCRIPT:
        return context._replace(slash=Slash.DIVISION, tail="")
    if context.language is Language.URL or context.part in URL_PARTS:
        context = after_url_value(context)
        return context._replace(tail="") if context.tail else context
    seen = ANYTHING if decides(context.element, context.attribute) else ""
    context = mark_value(context)
    same = context.seen == seen and not context.tail
    return context if same else context._replace(seen=seen, tail="")


def look_ahead(context: Context, following: str, read: Reader) -> Context:
    """Return the context of a value in a link, with what a rel says that stands behind it.

    Args:
        context: Where the value stands.
        following: The text behind the value.
        read: What follows text, ``advance``.
    """
    if context.element != "link" or not context.local or context.said:
        return context
    said = read(after_value(context), following.partition(">")[0]).said
    return context._replace(local=is_local(context.attribute, "link", said, xml=context.xml))


def mark_value(context: Context) -> Context:
    """Return the context of a place that is, or may be, filled by a value."""
    if context.element == "meta" and context.attribute == "content" and not context.said:
        return context._replace(said=CONTENT)
    return context


def advance_refresh(context: Context, text: str) -> Context:
    """Return the context after this text, which is part of the content of a refresh."""
    seen = context.seen + text
    found = REFRESH_URL.match(seen)
    if found is None:
        return context._replace(seen=seen[:LONGEST_SEEN])
    url = context._replace(language=Language.URL, url=Url.START, seen="")
    return advance_url(url, seen[found.end() :])
