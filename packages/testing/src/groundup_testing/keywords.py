"""Choose tests by an expression: ``-k "login and not slow"``.

A word holds when it is a part of a test's name, in any case; ``and``, ``or``, ``not`` and
parentheses join words.
"""

import re
from collections.abc import Callable

from groundup_testing.cases import RunnerError

__all__ = ["parse_keywords"]

TOKEN = re.compile(r"\s*(?:([()])|([^\s()]+))")
MAX_DEPTH = 50

Check = Callable[[str], bool]


def parse_keywords(expression: str) -> Check:
    """Return a function that says whether a name fits.

    >>> fits = parse_keywords("login and not (slow or admin)")
    >>> fits("test_login"), fits("test_slow_login"), fits("test_logout")
    (True, False, False)

    Raises:
        RunnerError: It is no expression.
    """
    tokens = [bracket or word for bracket, word in TOKEN.findall(expression)]
    parser = Parser(expression, tokens)
    check = parser.read_or(0)
    if parser.tokens:
        raise parser.error(parser.tokens[0])
    return lambda name: check(name.lower())


class Parser:
    """Reads tokens from the left, one method for each rank."""

    def __init__(self, expression: str, tokens: list[str]) -> None:
        self.expression = expression
        self.tokens = tokens

    def error(self, token: str) -> RunnerError:
        """Return the error about a token."""
        return RunnerError(
            f"-k must be words joined by and, or, not, got {token!r} in {self.expression!r}"
        )

    def read_or(self, depth: int) -> Check:
        """Read what ``or`` joins."""
        if depth > MAX_DEPTH:
            raise RunnerError(f"-k must not be nested deeper than {MAX_DEPTH}")
        checks = [self.read_and(depth)]
        while self._take("or"):
            checks.append(self.read_and(depth))
        return lambda name: any(check(name) for check in checks)

    def read_and(self, depth: int) -> Check:
        """Read what ``and`` joins."""
        checks = [self.read_not(depth)]
        while self._take("and"):
            checks.append(self.read_not(depth))
        return lambda name: all(check(name) for check in checks)

    def read_not(self, depth: int) -> Check:
        """Read a word, its opposite, or what stands in parentheses."""
        negated = False
        while self._take("not"):
            negated = not negated
        check = self._read_word(depth)
        return (lambda name: not check(name)) if negated else check

    def _read_word(self, depth: int) -> Check:
        if self._take("("):
            check = self.read_or(depth + 1)
            if not self._take(")"):
                raise self.error("the end")
            return check
        if not self.tokens or self.tokens[0] in {")", "and", "or"}:
            raise self.error(self.tokens[0] if self.tokens else "the end")
        word = self.tokens.pop(0).lower()
        return lambda name: word in name

    def _take(self, token: str) -> bool:
        found = bool(self.tokens) and self.tokens[0] == token
        if found:
            self.tokens.pop(0)
        return found
