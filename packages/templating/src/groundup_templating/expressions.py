"""Parse expressions by precedence climbing: Pratt, "Top down operator precedence", 1973.

Each operator binds with a power.  ``parse(power)`` reads one operand and then takes operators as
long as they bind tighter than ``power``; what it passes on for their right side decides the
grouping.  The whole grammar is the table POWERS and two tables of methods, PREFIXES and INFIXES:

    x if y else z  <  or  <  and  <  not  <  == < in …
                   <  + -  <  ~  <  * / // %  <  **  <  | is  <  . [] ()

A unary minus binds like the postfix operators: ``-x|abs`` is the absolute value of ``-x``.
"""

from collections.abc import Callable
from typing import ClassVar

from groundup_templating.errors import TemplateSyntaxError
from groundup_templating.nodes import (
    Arguments,
    Attribute,
    Call,
    Compare,
    Concat,
    Conditional,
    Const,
    DictDisplay,
    Expression,
    Filter,
    Item,
    ListDisplay,
    Logical,
    Name,
    Operation,
    Slice,
    Test,
    TupleDisplay,
    Unary,
)
from groundup_templating.tokens import Kind, Token
from groundup_templating.words import CONSTANTS, RESERVED, Words

__all__ = ["MAX_DEPTH", "ExpressionParser"]

MAX_DEPTH = 60  # brackets in brackets, operators on operators

POWERS = {
    **dict.fromkeys(["if"], 5),
    **dict.fromkeys(["or"], 10),
    **dict.fromkeys(["and"], 20),
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">=", "in", "not"], 40),
    **dict.fromkeys(["+", "-"], 50),
    **dict.fromkeys(["~"], 60),
    **dict.fromkeys(["*", "/", "//", "%"], 70),
    **dict.fromkeys(["**"], 90),
    **dict.fromkeys(["|", "is"], 100),
    **dict.fromkeys([".", "[", "("], 110),
}
SLICE_PARTS = 3
NOT_POWER, UNARY_POWER, POSTFIX_POWER = 30, 105, 109


class ExpressionParser(Words):
    """Read expressions from the words of one tag.

    >>> from groundup_templating.lexer import split
    >>> (output,) = split("{{ 1 + x }}")
    >>> ExpressionParser(output.tokens).parse()
    Operation(at=5, operator='+', left=Const(at=3, value=1), right=Name(at=7, name='x'))
    """

    def parse(self, power: int = 0) -> Expression:
        """Read one expression whose operators all bind tighter than ``power``."""
        self.depth += 1
        left = self._parse_operand()
        steps = 0
        while (own := self._power_of_next()) > power:
            steps += 1
            if self.depth + steps > MAX_DEPTH:
                raise TemplateSyntaxError(
                    f"an expression must be nested at most {MAX_DEPTH} deep", at=self.next.at
                )
            left = self._parse_infix(left, self.take(), own)
        self.depth -= 1
        return left

    def parse_bare_tuple(self) -> Expression:
        """Read ``a`` or ``a, b``: a tuple may stand here without brackets."""
        first = self.parse()
        if not self.sees(","):
            return first
        values = [first]
        while self.accept(",") and self.next.kind is not Kind.END:
            values.append(self.parse())
        return TupleDisplay(first.at, values)

    def parse_arguments(self) -> Arguments:
        """Read the arguments of a call; the opening bracket has been taken."""
        arguments = Arguments([], [])
        while not self.accept(")"):
            if arguments.named_rest is None and self.accept("**"):
                arguments.named_rest = self.parse()
            elif arguments.rest is None and self.accept("*"):
                arguments.rest = self.parse()
            elif (name := self._take_keyword()) is not None:
                if name in dict(arguments.named):
                    raise self.wrong(f"another argument than {name!r}, which is there already")
                arguments.named.append((name, self.parse()))
            elif arguments.named:
                raise self.wrong("a named argument, as those before it")
            else:
                arguments.positional.append(self.parse())
            if not self.sees(")"):
                self.expect(",")
        return arguments

    def parse_filter(self, value: Expression) -> Filter:
        """Read the name and arguments of a filter; the bar has been taken."""
        token = self.take_name()
        name = token.value
        while self.accept("."):
            name += f".{self.take_name().value}"
        arguments = self.parse_arguments() if self.accept("(") else Arguments([], [])
        return Filter(token.at, value, name, arguments)

    def _take_keyword(self) -> str | None:
        token = self.next
        if token.kind is not Kind.NAME:
            return None
        following = self.tokens[self.position + 1]
        if following.kind is not Kind.OPERATOR or following.value != "=":
            return None
        self.position += 2
        return token.value

    def _power_of_next(self) -> int:
        token = self.tokens[self.position]
        if token.kind is not Kind.OPERATOR and token.kind is not Kind.NAME:
            return -1
        return POWERS.get(token.value, -1)

    def _parse_operand(self) -> Expression:
        if self.depth > MAX_DEPTH:
            raise TemplateSyntaxError(
                f"an expression must be nested at most {MAX_DEPTH} deep", at=self.next.at
            )
        token = self.take()
        match token.kind:
            case Kind.NAME:
                return self._parse_word(token)
            case Kind.STRING:
                return self._parse_string(token)
            case Kind.INTEGER:
                return Const(token.at, int(token.value))
            case Kind.FLOAT:
                return Const(token.at, self._read_float(token))
            case Kind.OPERATOR if token.value in self.PREFIXES:
                return self.PREFIXES[token.value](self, token)
            case _:
                self.position -= token.kind is not Kind.END
                raise self.wrong("an expression")

    def _read_float(self, token: Token) -> float:
        value = float(token.value)
        if value == float("inf"):
            raise TemplateSyntaxError("a number must be less than 1.8e308", at=token.at)
        return value

    def _parse_word(self, token: Token) -> Expression:
        if token.value in CONSTANTS:
            return Const(token.at, CONSTANTS[token.value])
        if token.value == "not":
            return Unary(token.at, "not", self.parse(NOT_POWER))
        if token.value in RESERVED:
            self.position -= 1
            raise self.wrong("an expression")
        return Name(token.at, token.value)

    def _parse_string(self, token: Token) -> Expression:
        parts = [token.value]
        while self.next.kind is Kind.STRING:
            parts.append(self.take().value)
        return Const(token.at, "".join(parts))

    def _parse_sign(self, token: Token) -> Expression:
        return Unary(token.at, token.value, self.parse(UNARY_POWER))

    def _parse_brackets(self, token: Token) -> Expression:
        values, comma = self._parse_items(")")
        if len(values) == 1 and not comma:
            return values[0]
        return TupleDisplay(token.at, values)

    def _parse_list(self, token: Token) -> Expression:
        return ListDisplay(token.at, self._parse_items("]")[0])

    def _parse_items(self, closing: str) -> tuple[list[Expression], bool]:
        values: list[Expression] = []
        comma = False
        while not self.accept(closing):
            values.append(self.parse())
            comma = self.accept(",")
            if not comma and not self.sees(closing):
                raise self.wrong(f"',' or {closing!r}")
        return values, comma

    def _parse_dict(self, token: Token) -> Expression:
        items: list[tuple[Expression, Expression]] = []
        while not self.accept("}"):
            key = self.parse()
            self.expect(":")
            items.append((key, self.parse()))
            if not self.sees("}"):
                self.expect(",")
        return DictDisplay(token.at, items)

    def _parse_infix(self, left: Expression, token: Token, power: int) -> Expression:
        word = token.value
        if word in self.INFIXES:
            return self.INFIXES[word](self, left, token)
        if power == POWERS["=="]:
            return self._parse_comparison(left, token)
        # All group to the left, as in Python; only ** groups to the right.
        right = self.parse(power - 1 if word == "**" else power)
        return Operation(token.at, word, left, right)

    def _parse_comparison(self, first: Expression, token: Token) -> Expression:
        rest: list[tuple[str, Expression]] = []
        while True:
            word = token.value
            if word == "not":
                self.expect("in")
                word = "not in"
            rest.append((word, self.parse(POWERS["=="])))
            if self._power_of_next() != POWERS["=="]:
                return Compare(first.at, first, rest)
            token = self.take()

    def _parse_logical(self, left: Expression, token: Token) -> Expression:
        values = [left, self.parse(POWERS[token.value])]
        while self.accept(token.value):
            values.append(self.parse(POWERS[token.value]))
        return Logical(token.at, token.value, values)

    def _parse_concat(self, left: Expression, token: Token) -> Expression:
        values = [left, self.parse(POWERS["~"])]
        while self.accept("~"):
            values.append(self.parse(POWERS["~"]))
        return Concat(token.at, values)

    def _parse_conditional(self, left: Expression, token: Token) -> Expression:
        test = self.parse(POWERS["if"])
        no = self.parse() if self.accept("else") else None
        return Conditional(token.at, test, left, no)

    def _parse_piped(self, left: Expression, _: Token) -> Expression:
        return self.parse_filter(left)

    def _parse_test(self, left: Expression, _: Token) -> Expression:
        negated = self.accept("not")
        token = self.take()
        if token.kind is not Kind.NAME:
            self.position -= token.kind is not Kind.END
            raise self.wrong("the name of a test")
        arguments = Arguments([], [])
        if self.accept("("):
            arguments = self.parse_arguments()
        elif self._begins_operand():
            arguments.positional.append(self.parse(POSTFIX_POWER))
        return Test(token.at, left, token.value, arguments, negated)

    def _begins_operand(self) -> bool:
        token = self.next
        if token.kind is Kind.NAME:
            return token.value not in RESERVED or token.value in CONSTANTS
        return token.kind not in {Kind.OPERATOR, Kind.END} or token.value in {"[", "{"}

    def _parse_dot(self, left: Expression, _: Token) -> Expression:
        word = self.take()
        if word.kind is Kind.INTEGER:
            return Item(word.at, left, Const(word.at, int(word.value)))
        if word.kind is not Kind.NAME:
            self.position -= word.kind is not Kind.END
            raise self.wrong("the name of an attribute")
        return Attribute(word.at, left, word.value)

    def _parse_item(self, left: Expression, token: Token) -> Expression:
        parts: list[Expression | None] = [None]
        while not self.sees("]"):
            if self.accept(":"):
                parts.append(None)
            elif parts[-1] is None and len(parts) <= SLICE_PARTS:
                parts[-1] = self.parse()
            else:
                raise self.wrong("']'")
        self.take()
        if len(parts) > SLICE_PARTS:
            raise TemplateSyntaxError("a slice has at most start, stop and step", at=token.at)
        if len(parts) > 1:
            start, stop, step = (*parts, None)[:3]
            return Item(token.at, left, Slice(token.at, start, stop, step))
        if parts[0] is None:
            raise TemplateSyntaxError("expected an index between the brackets", at=token.at)
        return Item(token.at, left, parts[0])

    def _parse_call(self, left: Expression, token: Token) -> Expression:
        return Call(token.at, left, self.parse_arguments())

    PREFIXES: ClassVar[dict[str, Callable[["ExpressionParser", Token], Expression]]] = {
        "-": _parse_sign,
        "+": _parse_sign,
        "(": _parse_brackets,
        "[": _parse_list,
        "{": _parse_dict,
    }
    INFIXES: ClassVar[dict[str, Callable[["ExpressionParser", Expression, Token], Expression]]] = {
        "or": _parse_logical,
        "and": _parse_logical,
        "~": _parse_concat,
        "if": _parse_conditional,
        "|": _parse_piped,
        "is": _parse_test,
        ".": _parse_dot,
        "[": _parse_item,
        "(": _parse_call,
    }
