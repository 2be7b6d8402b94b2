"""Find out for every value of a template where it stands, and so how it must be escaped.

The tree is walked in the order of the text.  Text moves the context on; at a value, the context is
written down; where branches meet again, they must agree:

    <a href="{% if a %}/x{% else %}/y{% endif %}">      both in a URL: fine
    <a {% if a %}href="{% endif %}/x">                  a value or a tag: an error that shows both

A loop may run never, once or often, so its body must end where it began.  The same holds for
blocks and included templates: whoever fills them later starts in the context that is found here.
"""

from functools import lru_cache

from groundup_templating.context import (
    PLAIN,
    TEXT,
    URL_PARTS,
    Context,
    Language,
    Part,
    State,
    Url,
    join,
    widen,
)
from groundup_templating.errors import ContextError
from groundup_templating.html_state import advance
from groundup_templating.nodes import Expression, Filter
from groundup_templating.statements import (
    Block,
    CallBlock,
    FilterBlock,
    For,
    If,
    Include,
    Macro,
    Print,
    SetBlock,
    Statement,
    With,
)
from groundup_templating.tokens import Text
from groundup_templating.value_state import after_value, look_ahead, mark_value

__all__ = ["Places", "choose_escapers", "is_marked_safe", "place_values"]

Places = dict[int, Context]  # by the id of the statement

REFUSED_PARTS = {
    Part.REGEX: "a piece of a regular expression cannot be escaped: build it from a string",
    Part.REGEX_CLASS: "a piece of a regular expression cannot be escaped: build it from a string",
    Part.LINE_COMMENT: "a comment of a script may end anywhere: take the value out of it",
    Part.BLOCK_COMMENT: "a comment may end anywhere: take the value out of it",
    Part.LOST: "the code before it cannot be followed: move the value into a variable further up",
}
REFUSED_STATES = {
    State.OPENING: "the name of a tag decides how everything in it is read: write it out",
    State.TAG_NAME: "the name of a tag decides how everything in it is read: write it out",
    State.DECLARATION: "a declaration has no safe spelling for a value: write it out",
    State.JOINED: "a name may have ended here or not: put a space before the value",
    State.AFTER_NAME: "an attribute may go on with = here: put the value into a branch",
}
HIDING = frozenset("/\\&\t\r\n")
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
    >>> choose_escapers(advance(TEXT, "<a onclick='f("))
    ('script_value', 'quoted')

    Raises:
        ContextError: No spelling of a value is safe here.
    """
    if (simple := SIMPLE_STATES.get(context.state)) is not None:
        return (simple,)
    match context.state:
        case State.TAG:
            return ("attribute_name_strict" if context.element else "attribute_name",)
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


def place_values(body: list[Statement], start: Context) -> tuple[Places, Context]:
    """Return the context of each place in a body, and the context in which it ends.

    Raises:
        ContextError: A value stands where nothing is safe, or branches end in two contexts.
    """
    walker = Walker()
    end = walker.walk(body, start)
    return walker.places, end


def is_marked_safe(value: Expression) -> bool:
    """Whether the author answers for a value: ``| safe`` comes last."""
    return isinstance(value, Filter) and value.name == "safe"


def _may_go_on(following: Statement | None) -> bool:
    """Whether a slash or a value may come right behind a value."""
    # Entities and line breaks, which browsers drop, may hide a slash.
    return not isinstance(following, Text) or following.text[0] in HIDING


def _may_hold_url(context: Context) -> bool:
    if context.state is State.BEFORE_VALUE:
        return True
    return context.language is Language.URL or context.part in URL_PARTS


class Walker:
    """Walk a tree in the order of its text."""

    def __init__(self) -> None:
        self.places: Places = {}

    def walk(self, body: list[Statement], context: Context) -> Context:
        """Return the context after these statements."""
        for number, statement in enumerate(body, 1):
            try:
                if isinstance(statement, Print):
                    context = self._place_value(statement, context, *body[number : number + 1])
                else:
                    context = self._step(statement, context)
            except ContextError as error:
                error.at = statement.at if error.at is None else error.at
                raise
        return context

    def _step(self, statement: Statement, context: Context) -> Context:
        match statement:
            case Text():
                return advance(context, statement.text)
            case If():
                return self._walk_if(statement, context)
            case For():
                return self._walk_for(statement, context)
            case With():
                return self.walk(statement.body, context)
            case Block() | Include():
                context = mark_value(context)
                self.places[id(statement)] = context
                return widen(context)
            case _:
                return self._walk_binding(statement, context)

    def _walk_binding(self, statement: Statement, context: Context) -> Context:
        match statement:
            case Macro() | SetBlock():
                self._walk_value(statement.body, context)
            case CallBlock():
                self._walk_value(statement.caller.body, context)
                return self._place_value(statement, context)
            case FilterBlock():
                self._walk_value(statement.body, context)
                return self._place_value(statement, context)
            case _:
                pass
        return context

    def _place_value(
        self,
        statement: Print | CallBlock | FilterBlock,
        context: Context,
        following: Statement | None = None,
    ) -> Context:
        place = context
        if _may_hold_url(context):
            if isinstance(following, Text):
                place = look_ahead(context, following.text, advance)
            if _may_go_on(following):
                place = place._replace(more=True)
        if not isinstance(statement, Print) or not is_marked_safe(statement.value):
            choose_escapers(place)
        self.places[id(statement)] = place
        return after_value(context)

    def _walk_if(self, statement: If, context: Context) -> Context:
        bodies = [*(body for _, body in statement.branches), statement.otherwise]
        ends = [self.walk(body, context) for body in bodies]
        joined = ends[0]
        for number, end in enumerate(ends[1:], 1):
            both = join(joined, end)
            if both is None:
                body = bodies[number]
                at = body[0].at if body else statement.at
                raise ContextError(
                    f"branches must end in the same place, one ends in {joined}, another in {end}",
                    at=at,
                )
            joined = both
        return joined

    def _walk_for(self, statement: For, context: Context) -> Context:
        self.places[id(statement)] = context
        end = self.walk(statement.body, context)
        joined = join(context, end)
        if joined is not None and joined != context:
            # The second turn begins where the first one ended.
            end = self.walk(statement.body, joined)
            joined = join(joined, end)
        if joined is None:
            raise ContextError(
                f"a loop must end where it begins, it begins in {context} and ends in {end}",
                at=statement.at,
            )
        otherwise = self.walk(statement.otherwise, context)
        if (both := join(joined, otherwise)) is None:
            raise ContextError(
                f"the else of a loop must end as the loop, in {joined}, but ends in {otherwise}",
                at=statement.otherwise[0].at,
            )
        return both

    def _walk_value(self, body: list[Statement], context: Context) -> None:
        """Walk a body that becomes a value: wherever it is used, it is a piece of text."""
        start = PLAIN if context.state is State.PLAIN else TEXT
        end = self.walk(body, start)
        if end != start:
            raise ContextError(f"a macro or value must end in text, it ends in {end}")
