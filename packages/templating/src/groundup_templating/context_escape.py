"""Find out for every value of a template where it stands, and so how it must be escaped.

The tree is walked in the order of the text.  Text moves the context on; at a value, the context is
written down; where branches meet again, they must agree:

    <a href="{% if a %}/x{% else %}/y{% endif %}">      both in a URL: fine
    <a {% if a %}href="{% endif %}/x">                  a value or a tag: an error that shows both

A loop may run never, once or often, so its body must end where it began.  The same holds for
blocks and included templates: whoever fills them later starts in the context that is found here.
"""

from groundup_templating.choice import choose_escapers
from groundup_templating.context import (
    PLAIN,
    TEXT,
    URL_PARTS,
    Context,
    Language,
    State,
    inside_tag,
    join,
    widen,
)
from groundup_templating.errors import ContextError
from groundup_templating.html_state import advance
from groundup_templating.nodes import Arguments, Concat, Conditional, Const, Expression, Filter
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

__all__ = ["Places", "begins_with_space", "is_marked_safe", "place_values"]

Places = dict[int, Context]  # by the id of the statement

HIDING = frozenset("/\\&\t\r\n")  # what may hide a slash, or be one


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


def begins_with_space(value: Expression) -> bool:
    """Whether what a value becomes in a tag is sure to begin with a space, or to be empty.

    ``<option{{ " selected" if x }}>`` and ``<ul{{ attributes | xmlattr }}>`` are of this kind.
    """
    match value:
        case Const(value=str(text)):
            return text[:1].isspace() or not text
        case Concat():
            return isinstance(value.values[0], Const) and str(value.values[0].value)[:1].isspace()
        case Conditional():
            return begins_with_space(value.yes) and (
                value.no is None or begins_with_space(value.no)
            )
        case Filter(name="xmlattr", arguments=Arguments([], [], None, None)):
            return True
        case _:
            return False


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
                if isinstance(statement, Text):
                    context = advance(context, statement.text)
                elif isinstance(statement, Print):
                    context = self._place_value(statement, context, *body[number : number + 1])
                else:
                    context = self._step(statement, context)
            except ContextError as error:
                error.at = statement.at if error.at is None else error.at
                raise
        return context

    def _step(self, statement: Statement, context: Context) -> Context:
        match statement:
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
        if context.state is State.TEXT:  # where most values stand, and all are fine
            self.places[id(statement)] = context
            return context
        place = context
        if (
            isinstance(statement, Print)
            and context.state is not State.TAG
            and inside_tag(context)
            and begins_with_space(statement.value)
        ):
            self.places[id(statement)] = advance(context, " ")._replace(state=State.SPACED)
            return widen(context)
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
