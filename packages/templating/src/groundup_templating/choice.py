"""Choose how a value is escaped, by where it stands: from the inside out.

    <a href="/tags/{{ tag }}">            url_path, quoted: a part of a path, then an attribute
    <option{{ " selected" if x }}>        attribute_name, spaced
    <b onclick="f('{{ name }}')">         script_string, quoted
    <script>// {{ name }}                 refused: the comment may end anywhere

Where no spelling of a value is safe the template is refused, with the reason and the way out.
"""

from functools import lru_cache

from groundup_templating.context import URL_PARTS, Context, Language, Part, State, Url
from groundup_templating.errors import ContextError
from groundup_templating.value_state import after_value

__all__ = ["choose_escapers"]

REFUSED_PARTS = {
    Part.REGEX: "a piece of a regular expression cannot be escaped: build it from a string",
    Part.REGEX_CLASS: "a piece of a regular expression cannot be escaped: build it from a string",
    Part.LINE_COMMENT: "a comment of a script may end anywhere: take the value out of it",
    Part.BLOCK_COMMENT: "a comment may end anywhere: take the value out of it",
    Part.LOST: "the code before it cannot be followed: move the value into a variable further up",
}
REFUSED_STATES = {
    State.OPENING: "the name of a tag decides how everything in it is read: write it out",
    State.TAG_NAME: (
        "the name of a tag decides how everything in it is read: write it out; if the value is "
        "an attribute, put a space before it"
    ),
    State.ATTRIBUTE_NAME: (
        "the name of an attribute decides how its value is read: write it out; if the value is "
        "another attribute, put a space before it"
    ),
    State.DECLARATION: "a declaration has no safe spelling for a value: write it out",
    State.JOINED: "a name may have ended here or not: put a space before the value",
}
OTHERWISE = "nothing tells how to escape it: write it out"
SIMPLE_STATES = {State.PLAIN: "plain", State.TEXT: "text"}
SIMPLE_LANGUAGES = {
    Language.SRCSET: "images",
    Language.DOCUMENT: "document",
    Language.REFRESH: "refresh",
    Language.ANIMATION: "animation",
}
STRINGS = frozenset([Part.DOUBLE, Part.SINGLE, Part.BACKTICK])
URL_ESCAPERS = {
    Url.START: "url_start",
    Url.PREFIX: "url_word",
    Url.DYNAMIC: "url_word",
    Url.ROOT: "url_root",
    Url.PATH: "url_path",
    Url.QUERY: "url_query",
    Url.UNKNOWN: "url_query",
}
# Where more of the URL follows, a slash there and a value here must not become the // of a host.
URL_GUARDS = {Url.START: "not_slash", Url.DYNAMIC: "not_slash", Url.ROOT: "not_empty"}
REFUSED_URLS = {
    Url.FORBIDDEN: "it holds code, or a scheme or host that a value began",
    Url.HOST: "what it loads acts for this page, so write its host out",
}


@lru_cache(maxsize=1024)  # a site has a few dozen contexts, and is asked for them at each value
def choose_escapers(context: Context) -> tuple[str, ...]:
    """Return the names of the functions that escape a value here, from the inside out.

    >>> from groundup_templating.html_state import advance
    >>> choose_escapers(advance(Context(), "<a onclick='f("))
    ('script_value', 'quoted')

    Raises:
        ContextError: No spelling of a value is safe here.
    """
    if (simple := SIMPLE_STATES.get(context.state)) is not None:
        return (simple,)
    match context.state:
        case State.TAG | State.AFTER_NAME | State.SPACED:
            return _choose_in_tag(context)
        case State.COMMENT if not context.tail:
            return ("comment",)
        case State.ATTRIBUTE_NAME if context.attribute.startswith(("data-", "aria-")):
            return ("name_part",)
        case State.RAW:
            return _choose_in_language(context, "title")
        case State.BEFORE_VALUE:
            begun = after_value(context)._replace(url=Url.START)
            return _join_escapers(begun, "unquoted_whole")
        case State.VALUE:
            return _join_escapers(context, "quoted" if context.quote else "unquoted")
        case _:
            reason = REFUSED_STATES.get(context.state, OTHERWISE)
            raise ContextError(f"no value may stand in {context}: {reason}")


def _choose_in_tag(context: Context) -> tuple[str, ...]:
    names = "attribute_name_strict" if context.element else "attribute_name"
    return (names, "spaced") if context.state is State.SPACED else (names,)


def _join_escapers(context: Context, outer: str) -> tuple[str, ...]:
    inner = _choose_in_language(context, outer)
    return inner if inner == (outer,) else (*inner, outer)


def _choose_in_language(context: Context, text: str) -> tuple[str, ...]:
    if context.tail not in {"", "<"}:
        raise ContextError(f"no value may stand in {context}, after {context.tail!r}")
    match context.language:
        case Language.TEXT:
            return (text,)
        case Language.URL:
            return _choose_for_url(context)
        case Language.DOCUMENT if (
            context.inner is not None and context.inner.state is not State.TEXT
        ):
            raise ContextError(
                f"no value may stand in {context}, in {context.inner} of it: put it into its text"
            )
        case Language.SCRIPT:
            return (_choose_for_script(context),)
        case Language.STYLE:
            return _choose_for_style(context)
        case _:
            return (SIMPLE_LANGUAGES[context.language],)


def _choose_for_script(context: Context) -> str:
    _refuse_part(context)
    return "script_string" if context.part in STRINGS else "script_value"


def _choose_for_style(context: Context) -> tuple[str, ...]:
    _refuse_part(context)
    if context.part in URL_PARTS:
        return (*_choose_for_url(context), "style_url")
    return ("style_value",) if context.part is Part.CODE else ("style_string",)


def _choose_for_url(context: Context) -> tuple[str, ...]:
    if (reason := REFUSED_URLS.get(context.url)) is not None:
        raise ContextError(f"no value may stand in {context}: {reason}")
    escaper = URL_ESCAPERS[context.url]
    if context.local and context.url is Url.START:
        escaper = "url_local"
    guard = URL_GUARDS.get(context.url) if context.more else None
    return (escaper,) if guard is None else (escaper, guard)


def _refuse_part(context: Context) -> None:
    if (reason := REFUSED_PARTS.get(context.part)) is not None:
        raise ContextError(f"no value may stand in {context}: {reason}")
