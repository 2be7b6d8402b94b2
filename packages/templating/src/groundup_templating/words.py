"""The words of one tag, taken one after the other: what both halves of the parser stand on."""

from groundup_templating.errors import TemplateSyntaxError, shorten
from groundup_templating.tokens import Kind, Token

__all__ = ["CONSTANTS", "RESERVED", "Words"]

CONSTANTS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "none": None,
    "None": None,
}
RESERVED = frozenset(["if", "else", "or", "and", "not", "in", "is", *CONSTANTS])


class Words:
    """A position in the words of a tag, with one word of foresight."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position: int = 0
        self.depth: int = 0

    @property
    def next(self) -> Token:
        """The word that comes next; the last one is END for ever."""
        return self.tokens[self.position]

    @property
    def at_end(self) -> bool:
        """Whether all words have been taken."""
        return self.tokens[self.position].kind is Kind.END

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.tokens[self.position]
        if token.kind is not Kind.END:
            self.position += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether the next word is a name or operator of these."""
        token = self.tokens[self.position]
        return token.value in words and token.kind in {Kind.NAME, Kind.OPERATOR}

    def accept(self, word: str) -> bool:
        """Take the next word if it is this one."""
        if self.sees(word):
            self.position += 1
            return True
        return False

    def expect(self, word: str) -> Token:
        """Take the next word, which must be this one."""
        if not self.sees(word):
            raise self.wrong(repr(word))
        return self.take()

    def expect_end(self) -> None:
        """Refuse a tag that goes on where it should end."""
        if not self.at_end:
            raise self.wrong("the end of the tag")

    def wrong(self, wanted: str) -> TemplateSyntaxError:
        """Return the error for a next word that is not what was wanted."""
        token = self.next
        got = "the end of the tag" if token.kind is Kind.END else shorten(token.value)
        return TemplateSyntaxError(f"expected {wanted}, got {got}", at=token.at)

    def take_name(self) -> Token:
        """Take the next word, which must be a name that is free to use."""
        token = self.next
        if token.kind is not Kind.NAME:
            raise self.wrong("a name")
        if token.value in RESERVED:
            raise TemplateSyntaxError(f"{token.value!r} is a word of the language", at=token.at)
        return self.take()
