"""Follow the text of a page: which state the tokenizer of a browser is in after it.

           "<a"            " "          "href"                "="               quote
    TEXT --------> TAG_NAME ---> TAG ----------> ATTRIBUTE_NAME --> BEFORE_VALUE -----> VALUE
     ^                            |  ^                                                    |
     +------------- ">" ----------+  +---------------------- quote -----------------------+

``<script>``, ``<style>``, ``<title>`` and their like lead to RAW instead of TEXT, which ends at
their end tag only.  Inside of values and raw content the parser of their language goes on.
"""

import re
from collections.abc import Callable
from html import unescape

from groundup_templating.context import (
    ANYTHING,
    KEPT_ELEMENTS,
    RAW_ELEMENTS,
    Context,
    Language,
    State,
    decides,
)
from groundup_templating.errors import ContextError
from groundup_templating.script_state import advance_script
from groundup_templating.style_state import advance_style
from groundup_templating.url_state import advance_url
from groundup_templating.value_state import (
    LONGEST_SEEN,
    advance_refresh,
    begin_value,
    end_value,
)

__all__ = ["advance"]

TAG_START = re.compile(r"<(!--|[!?]|/?[A-Za-z][^\s/>]*)")
# A whole tag in the usual spelling, which most are.
USUAL_TAG = re.compile(
    r"""</?([A-Za-z][A-Za-z0-9]*)(?:\s+[A-Za-z-]+(?:="[^"<>]*"|='[^'<>]*')?)*\s*/?>"""
)
USUAL_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)=(["'])""")
TAG_BEGUN = re.compile(r"<(?:/|!|!-)?\Z")
NAME_END = re.compile(r"[\s/>]")
ATTRIBUTE_END = re.compile(r"[\s/>=]")
SPACE = re.compile(r"[\s/]*")
WORD_START = re.compile(r"\S")
COMMENT_END = re.compile(r"--!?>")
Step = tuple[Context, int]


def advance(context: Context, text: str) -> Context:
    """Return the context after a piece of the template's own text.

    >>> print(advance(Context(), '<a href="/search?q='))
    attribute href (URL), query

    Raises:
        ContextError: The text is no HTML that a browser would read as it is meant.
    """
    if context.state is State.PLAIN:
        return context
    if context.state is State.OPENING:
        context, text = context._replace(state=State.TEXT, tail=""), context.tail + text
    position, size = 0, len(text)
    while position < size:
        context, position = STEPS[context.state](context, text, position)
    return context


def _read_text(context: Context, text: str, position: int) -> Step:
    start = text.find("<", position)
    if start < 0:
        return context, len(text)
    usual = USUAL_TAG.match(text, start)
    if usual is not None and usual[1].lower() not in KEPT_ELEMENTS:
        return context, usual.end()
    found = TAG_START.match(text, start)
    if found is None:
        if TAG_BEGUN.match(text, start):
            return context._replace(state=State.OPENING, tail=text[start:]), len(text)
        return context, start + 1
    if found[1] == "!--":
        return _begin_comment(context, text, found.end())
    if found[1] in "!?":
        if TAG_BEGUN.match(text, start) or text[start:] == "<!-":
            return context._replace(state=State.OPENING, tail=text[start:]), len(text)
        return context._replace(state=State.DECLARATION), found.end()
    name = found[1].lower()
    state = context._replace(state=State.TAG_NAME, element=name, content=Language.SCRIPT)
    return state, found.end()


def _begin_comment(context: Context, text: str, position: int) -> Step:
    for closed in (">", "->"):  # <!--> and <!---> are whole comments
        if text.startswith(closed, position):
            return context, position + len(closed)
    return context._replace(state=State.COMMENT, tail=""), position


def _read_comment(context: Context, text: str, position: int) -> Step:
    # What a former piece left over can only be in front of the whole text.
    text, shift = context.tail + text, len(context.tail)
    found = COMMENT_END.search(text, position)
    if found is None:
        dashes = text[len(text.rstrip("-!")) :][-3:]
        return context._replace(tail=dashes), len(text) - shift
    return context._replace(state=State.TEXT, tail=""), found.end() - shift


def _read_declaration(context: Context, text: str, position: int) -> Step:
    end = text.find(">", position)
    if end < 0:
        return context, len(text)
    return context._replace(state=State.TEXT), end + 1


def _read_tag_name(context: Context, text: str, position: int) -> Step:
    found = NAME_END.search(text, position)
    end = len(text) if found is None else found.start()
    name = context.element + text[position:end].lower()
    if found is None:
        return context._replace(element=name), end
    if context.xml and name.rpartition(":")[2] in {"script", "style"} and ":" in name:
        raise ContextError(f"a {name} must be written without a prefix: its end would not be seen")
    # Other names change nothing, and branches may open different tags.
    return context._replace(state=State.TAG, element=name if name in KEPT_ELEMENTS else ""), end


def _read_joined(context: Context, text: str, position: int) -> Step:
    if not NAME_END.match(text, position):
        raise ContextError(
            "a name may not go on after a branch or loop that could have ended it: "
            "write a space, or the whole name inside"
        )
    return context._replace(state=State.TAG), position


def _read_tag(context: Context, text: str, position: int) -> Step:
    space = SPACE.match(text, position)
    end = position if space is None else space.end()
    if end == len(text):
        return context, end
    if text[end] == ">":
        return _close_tag(context, closed=text[end - 1] == "/" and end > position), end + 1
    if text[end] in "\"'<=":
        raise ContextError(
            f"an attribute must begin with its name, got {text[end]!r}: is a quote or > missing?"
        )
    usual = USUAL_ATTRIBUTE.match(text, end)
    if usual is not None:
        return begin_value(context, usual[2], usual[1].lower()), usual.end()
    return context._replace(state=State.ATTRIBUTE_NAME, attribute=""), end


def _close_tag(context: Context, *, closed: bool) -> Context:
    if context.element not in RAW_ELEMENTS or (closed and context.xml):
        return Context(xml=context.xml)
    language = RAW_ELEMENTS[context.element]
    if context.element == "script":
        language = context.content
    return Context(State.RAW, context.element, language=language, xml=context.xml)


def _read_attribute_name(context: Context, text: str, position: int) -> Step:
    found = ATTRIBUTE_END.search(text, position)
    end = len(text) if found is None else found.start()
    piece = text[position:end]
    if any(quote in piece for quote in "\"'<"):
        raise ContextError(
            f"the name of an attribute cannot hold a quote or <, got {piece[:40]!r}: "
            "is a quote or a space missing?"
        )
    context = context._replace(attribute=context.attribute + piece.lower())
    return (context if found is None else context._replace(state=State.AFTER_NAME)), end


def _skip_space(text: str, position: int) -> int:
    found = WORD_START.search(text, position)
    return len(text) if found is None else found.start()


def _read_after_name(context: Context, text: str, position: int) -> Step:
    end = _skip_space(text, position)
    if end == len(text) or text[end] != "=":
        state = State.AFTER_NAME if end == len(text) else State.TAG
        return context._replace(state=state), end
    if ANYTHING in context.attribute and not context.attribute.startswith(("data-", "aria-")):
        raise ContextError(
            "the name of an attribute with a value must be written out, because it decides how "
            "the value is escaped: only data-… and aria-… may end in a value"
        )
    return context._replace(state=State.BEFORE_VALUE), end + 1


def _read_before_value(context: Context, text: str, position: int) -> Step:
    end = _skip_space(text, position)
    if end == len(text):
        return context, end
    if text[end] == ">":
        return context._replace(state=State.TAG), end
    if text[end] in "\"'":
        return begin_value(context, text[end]), end + 1
    return begin_value(context, ""), end


UNQUOTED_END = re.compile(r"[\s>]")


def _read_value(context: Context, text: str, position: int) -> Step:
    if context.quote:
        end = text.find(context.quote, position)
    else:
        found = UNQUOTED_END.search(text, position)
        end = -1 if found is None else found.start()
    piece = text[position:] if end < 0 else text[position:end]
    context = _advance_language(context, unescape(piece))
    if end < 0:
        return context, len(text)
    return end_value(context), end + len(context.quote)


def _advance_language(context: Context, text: str) -> Context:
    match context.language:
        case Language.URL:
            return advance_url(context, text)
        case Language.SCRIPT:
            return advance_script(context, text)
        case Language.STYLE:
            return advance_style(context, text)
        case Language.REFRESH:
            return advance_refresh(context, text)
        case Language.DOCUMENT:
            return context._replace(inner=advance(context.inner or Context(), text))
        case _:
            if context.state is State.VALUE and decides(context.element, context.attribute):
                return context._replace(seen=(context.seen + text)[:LONGEST_SEEN])
            return context


def _read_raw(context: Context, text: str, position: int) -> Step:
    end_tag = f"</{context.element}"
    text, shift = context.tail + text, len(context.tail)
    found = re.compile(rf"{end_tag}(?=[\s/>])", re.IGNORECASE).search(text, position)
    body = text[position:] if found is None else text[position : found.start()]
    if context.language is Language.SCRIPT:
        context = _check_script(context, body)
    if found is not None:
        return Context(State.TAG, xml=context.xml), found.end() - shift
    # "</scr" at the end may be the start of the end tag: keep it for the next piece.
    last = body.rfind("<")
    kept = body[last:] if last >= 0 and end_tag.startswith(body[last:].lower()) else ""
    body = body[: len(body) - len(kept)]
    return _advance_language(context, body)._replace(tail=kept), len(text) - shift


def _check_script(context: Context, body: str) -> Context:
    """Refuse what the tokenizer calls the double escaped state: </script> does not end it."""
    comment = 0 if context.seen else body.find("<!--")
    if comment < 0:
        return context
    if "<script" in body[comment:].lower():
        raise ContextError("a script cannot hold <!-- and then <script: its end would not be seen")
    return context._replace(seen="<!--")


STEPS: dict[State, Callable[[Context, str, int], Step]] = {
    State.TEXT: _read_text,
    State.TAG_NAME: _read_tag_name,
    State.TAG: _read_tag,
    State.ATTRIBUTE_NAME: _read_attribute_name,
    State.AFTER_NAME: _read_after_name,
    State.BEFORE_VALUE: _read_before_value,
    State.VALUE: _read_value,
    State.JOINED: _read_joined,
    State.RAW: _read_raw,
    State.COMMENT: _read_comment,
    State.DECLARATION: _read_declaration,
}
