"""Where in a document a value stands: the vocabulary of contextual escaping.

    <p title="{{ a }}">{{ b }}<script>x = "{{ c }}"</script>

    a   VALUE of an attribute, quoted by "     b   TEXT     c   RAW content of script, in DOUBLE

A browser reads a page with several parsers, one inside the other: HTML, then URLs, scripts or
styles in it.  So a context has the state of the HTML tokenizer (WHATWG HTML, section 13.2.5, with
fewer states) and, where another language begins, the state of that.  The model is html/template
of Go.
"""

from enum import Enum
from typing import NamedTuple

__all__ = [
    "ANIMATIONS",
    "ANYTHING",
    "KEPT_ELEMENTS",
    "PLAIN",
    "TEXT",
    "URL_PARTS",
    "XML",
    "Context",
    "Language",
    "Part",
    "Slash",
    "State",
    "Url",
    "decides",
    "inside_tag",
    "join",
    "widen",
]


class Named(Enum):
    """An enum that is found in tables by what it is: the hash of its name would be Python, slow."""

    __hash__ = object.__hash__


class State(Named):
    """The states of the outer parser, HTML."""

    PLAIN = "text that is not HTML"
    TEXT = "text"
    OPENING = "the start of a tag"
    TAG_NAME = "the name of a tag"
    TAG = "a tag, between its attributes"
    ATTRIBUTE_NAME = "the name of an attribute"
    AFTER_NAME = "a tag, after the name of an attribute"
    BEFORE_VALUE = "a tag, after ="
    VALUE = "the value of an attribute"
    JOINED = "a tag, where a name may have ended or not"
    SPACED = "a tag, right behind a name"
    RAW = "the content of an element"
    COMMENT = "a comment"
    DECLARATION = "a declaration"


class Language(Named):
    """What a value or the content of an element is written in."""

    TEXT = "text"
    URL = "URL"
    SRCSET = "list of image URLs"
    SCRIPT = "script"
    STYLE = "style"
    DOCUMENT = "HTML document"
    REFRESH = "seconds and URL of a refresh"
    ANIMATION = "value of an animation"


class Part(Named):
    """The states of the parsers for scripts and styles."""

    CODE = "code"
    DOUBLE = "string in double quotes"
    SINGLE = "string in single quotes"
    BACKTICK = "template literal"
    REGEX = "regular expression"
    REGEX_CLASS = "class of a regular expression"
    LINE_COMMENT = "line comment"
    BLOCK_COMMENT = "comment"
    URL = "url()"
    URL_DOUBLE = 'url("")'
    URL_SINGLE = "url('')"
    LOST = "code that cannot be followed"


URL_PARTS = frozenset([Part.URL, Part.URL_DOUBLE, Part.URL_SINGLE])


class Slash(Named):
    """What a slash would begin in a script."""

    REGEX = "regular expression"
    DIVISION = "division"
    UNKNOWN = "either"


class Url(Named):
    """How far a URL has come."""

    START = "its start"
    PREFIX = "its first word"
    DYNAMIC = "after a value at its start"
    ROOT = "after the first slash"
    HOST = "host"
    PATH = "path"
    QUERY = "query"
    FORBIDDEN = "code"
    UNKNOWN = "unknown part"


class Context(NamedTuple):
    """Everything that decides how the next value must be escaped."""

    state: State = State.TEXT
    element: str = ""  # the tag being read if it matters, or the element whose content this is
    attribute: str = ""
    quote: str = ""
    language: Language = Language.TEXT  # of the value of the attribute, or of the content
    part: Part = Part.CODE
    slash: Slash = Slash.REGEX
    braces: tuple[int, ...] = ()  # open braces in each ${…} of the template literals around
    url: Url = Url.START
    local: bool = False  # whether what the URL loads acts for the page: its host is not for values
    more: bool = False  # whether the URL may go on with a slash, or another value, after a value
    seen: str = ""  # of the first word of a URL, or of an attribute that decides about others
    said: str = ""  # by rel of a link, http-equiv of a meta, @import of a style
    tail: str = ""  # text that may be the start of "<b", "-->" or "</script"
    content: Language = Language.SCRIPT  # what a script element holds, by its type
    xml: bool = False  # whether <a/> closes itself
    inner: "Context | None" = None  # of the document in srcdoc

    def __str__(self) -> str:
        words = self.state.value
        if self.state is State.RAW:
            words = f"{self.language.value} in <{self.element}>"
        elif self.state is State.VALUE:
            kind = {'"': "", "'": "", "": "unquoted "}[self.quote]
            words = f"{kind}attribute {self.attribute or '?'}"
            if self.language is not Language.TEXT:
                words += f" ({self.language.value}{' of this site' * self.local})"
        if self.language in {Language.SCRIPT, Language.STYLE}:
            words += f", {self.part.value}"
        elif self.language is Language.URL:
            words += f", {self.url.value}"
        return words


ANYTHING = "*"  # stands in names and types for what a value or branch has written
TEXT = Context()
XML = Context(xml=True)
PLAIN = Context(State.PLAIN)

INSIDE_TAG = frozenset(
    [State.TAG_NAME, State.TAG, State.ATTRIBUTE_NAME, State.AFTER_NAME, State.JOINED]
)
# The attribute of an element that decides how others of the same tag, or the content, are read.
DECIDING = {"script": "type", "link": "rel", "meta": "http-equiv"}
RAW_ELEMENTS: dict[str, Language] = {
    "script": Language.SCRIPT,
    "style": Language.STYLE,
    **dict.fromkeys(
        ["title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"], Language.TEXT
    ),
}
ANIMATIONS = frozenset(["animate", "animatecolor", "animatemotion", "animatetransform", "set"])
LOADING = frozenset(["applet", "base", "embed", "frame", "link", "meta", "object", "use"])
# Elements whose attributes mean something of their own: all other names change nothing.
KEPT_ELEMENTS = frozenset(RAW_ELEMENTS) | ANIMATIONS | LOADING


def inside_tag(context: Context) -> bool:
    """Whether a space or > would end what is being read, or the tag."""
    unquoted = context.state is State.VALUE and not context.quote
    return unquoted or context.state in INSIDE_TAG


def decides(element: str, attribute: str) -> bool:
    """Whether the value of an attribute decides how others of its tag, or its content, are read."""
    return DECIDING.get(element) == attribute


def _joined(context: Context) -> Context:
    """Return the context after a name or unquoted value that may or may not have ended."""
    element = context.element if context.element in KEPT_ELEMENTS else ""
    said = context.said
    if context.state is State.VALUE and decides(element, context.attribute):
        said = said or ANYTHING
    return Context(State.JOINED, element, content=context.content, said=said, xml=context.xml)


def _without_name(context: Context) -> Context:
    deciding = decides(context.element, context.attribute)
    return context if deciding else context._replace(attribute="")


def widen(context: Context) -> Context:
    """Return what is known after a part that begins here and keeps the context as it found it."""
    if inside_tag(context):
        return _joined(context)
    if context.language is Language.SCRIPT:
        return context._replace(slash=Slash.UNKNOWN)
    if decides(context.element, context.attribute):
        return context._replace(seen=ANYTHING)
    if context.language is Language.URL or context.part in URL_PARTS:
        lost = context.url in {Url.FORBIDDEN, Url.HOST}
        return context._replace(url=Url.FORBIDDEN if lost else Url.UNKNOWN, seen="")
    return context


def join(first: Context, second: Context) -> Context | None:
    """Return what is known after either of two branches, or None if they cannot meet.

    >>> print(join(TEXT._replace(state=State.TAG), TEXT._replace(state=State.ATTRIBUTE_NAME)))
    a tag, where a name may have ended or not
    """
    if first == second:
        return first
    if State.VALUE is first.state is second.state and first.language is Language.TEXT:
        # class="a{% if b %} c" aria-current="page{% endif %}": both hold plain text.
        first, second = _without_name(first), _without_name(second)
    first, second = widen(first), widen(second)
    if first.said != second.said:
        # Of a link that is nothing known, which is strict; of the others, that it may be the worst.
        said = "" if first.element == "link" else ANYTHING
        first, second = first._replace(said=said), second._replace(said=said)
    if first.url is not second.url and Url.FORBIDDEN in {first.url, second.url}:
        # {% if x %}javascript:{% endif %}{{ y }}: what one branch spoils is spoiled.
        first, second = first._replace(url=Url.FORBIDDEN), second._replace(url=Url.FORBIDDEN)
    return first if first == second else None
