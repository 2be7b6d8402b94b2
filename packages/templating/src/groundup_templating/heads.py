"""The parts that only tags have: targets, parameters, chains of filters, ``with context``."""

from groundup_templating.errors import TemplateSyntaxError
from groundup_templating.expressions import ExpressionParser
from groundup_templating.nodes import Const, Expression, Filter, Name, TupleDisplay
from groundup_templating.statements import Parameter

__all__ = ["TagWords"]

MAX_PARAMETERS = 50


class TagWords(ExpressionParser):
    """Read what stands behind the name of a tag."""

    def parse_targets(self) -> Name | TupleDisplay:
        """Read the names that a loop or ``set`` binds: ``a`` or ``a, (b, c)``."""
        first = self._parse_target()
        if not self.sees(","):
            return first
        values: list[Expression] = [first]
        while self.accept(","):
            if self.sees("in", "="):
                break
            values.append(self._parse_target())
        return TupleDisplay(first.at, values)

    def _parse_target(self) -> Name | TupleDisplay:
        self.depth += 1
        if self.depth > MAX_PARAMETERS:
            raise self.wrong("fewer names")
        if self.accept("("):
            target = self.parse_targets()
            self.expect(")")
            return target
        token = self.take_name()
        return Name(token.at, token.value)

    def parse_bindings(self) -> dict[str, Expression]:
        """Read ``a=1, b``, where ``b`` alone means ``b=b``, to the end of the tag."""
        bindings: dict[str, Expression] = {}
        while not self.at_end:
            token = self.take_name()
            name = Name(token.at, token.value)
            bindings[token.value] = self.parse() if self.accept("=") else name
            if not self.at_end:
                self.expect(",")
        return bindings

    def parse_filters(self) -> list[Filter]:
        """Read ``name(…) | name(…)``, filters of a body that does not exist yet."""
        filters = [self.parse_filter(Const(self.next.at, None))]
        while self.accept("|"):
            filters.append(self.parse_filter(Const(self.next.at, None)))
        return filters

    def parse_context(self, *, default: bool) -> bool:
        """Read ``with context``, ``without context`` or nothing, and the end of the tag."""
        with_context = default
        if self.sees("with", "without"):
            with_context = self.take().value == "with"
            self.expect("context")
        self.expect_end()
        return with_context

    def parse_parameters(self) -> list[Parameter]:
        """Read the parameters of a macro; the opening bracket has been taken."""
        parameters: list[Parameter] = []
        while not self.accept(")"):
            token = self.take_name()
            if token.value in {parameter.name for parameter in parameters}:
                raise TemplateSyntaxError(f"{token.value!r} is there twice", at=token.at)
            default = self.parse() if self.accept("=") else None
            parameters.append(Parameter(token.value, default))
            if not self.sees(")"):
                self.expect(",")
            if len(parameters) > MAX_PARAMETERS:
                raise self.wrong(f"at most {MAX_PARAMETERS} parameters")
        return parameters
