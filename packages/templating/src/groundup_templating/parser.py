"""Turn the segments of a template into its tree: statements by tag name, expressions by Pratt.

Each tag has one method, found in the table TAGS.  A tag with a body reads statements until one of
the tags that may end it, so crossed and unclosed tags are found where they are, and the error
names the tag that was open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup_templating.errors import TemplateSyntaxError, suggest
from groundup_templating.expressions import POWERS
from groundup_templating.heads import TagWords
from groundup_templating.layout import OPENERS, arrange, ends_with_tags, opens_block
from groundup_templating.lexer import split
from groundup_templating.nodes import (
    Attribute,
    Call,
    Expression,
    Name,
    Translation,
)
from groundup_templating.statements import (
    Block,
    CallBlock,
    Extends,
    FilterBlock,
    For,
    FromImport,
    If,
    Import,
    Include,
    Macro,
    Print,
    Set,
    SetBlock,
    Statement,
    Target,
    With,
)
from groundup_templating.tokens import Output, Segment, Tag, Text, Token
from groundup_templating.translation import make_message

__all__ = ["Tree", "parse"]

MAX_PARAMETERS = 50


@dataclass(slots=True)
class Tree:
    """A whole template."""

    body: list[Statement]
    blocks: dict[str, Block] = field(default_factory=dict[str, Block])
    extends: Extends | None = None
    trims_end: bool = False  # whether its last line vanishes, and the line break before it too


def parse(source: str, *, dedent: bool = True) -> Tree:
    """Return the tree of a template.

    >>> parse("Hello {{ name }}").body
    [Text(text='Hello ', at=0), Print(at=9, value=Name(at=9, name='name'))]

    Raises:
        TemplateSyntaxError: The template is not written as the language wants it.
    """
    # One line break at the end of a file is a habit of editors, not a part of the page.
    end = "\r\n" if source.endswith("\r\n") else "\n"
    segments = split(source.removesuffix(end))
    trims_end = dedent and source.endswith("\n") and ends_with_tags(segments)
    tree = Parser(arrange(segments, dedent=dedent)).parse()
    tree.trims_end = trims_end
    return tree


class Parser:
    """Read the statements of one template."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._index = 0
        self._tree = Tree([])
        self._open: list[Tag] = []
        self._ending = Tag(0, 0, trim_left=False, trim_right=False)

    def parse(self) -> Tree:
        """Return the tree of all segments."""
        self._tree.body = self._parse_body()
        return self._tree

    def _parse_body(self, *ends: str) -> list[Statement]:
        """Read statements up to one of these tags, which is kept as ``_ending``."""
        body: list[Statement] = []
        while self._index < len(self._segments):
            segment = self._segments[self._index]
            self._index += 1
            if isinstance(segment, Text):
                if segment.text:
                    body.append(segment)
            elif isinstance(segment, Output):
                body.append(self._parse_output(segment))
            elif isinstance(segment, Tag):
                if segment.name in ends:
                    self._ending = segment
                    return body
                body.append(self._parse_tag(segment))
        if ends:
            opened = self._open[-1]
            raise TemplateSyntaxError(
                f"{{% {opened.name} %}} must be closed by {{% end{opened.name} %}}", at=opened.at
            )
        return body

    def _parse_output(self, segment: Output) -> Print:
        words = TagWords(segment.tokens)
        value = words.parse()
        words.expect_end()
        return Print(value.at if isinstance(value, Name) else segment.tokens[0].at, value)

    def _parse_tag(self, tag: Tag) -> Statement:
        parse = self.TAGS.get(tag.name)
        if parse is None:
            raise self._unknown_tag(tag)
        if not opens_block(tag):
            return parse(self, tag, TagWords(tag.tokens))
        self._open.append(tag)
        statement = parse(self, tag, TagWords(tag.tokens))
        self._open.pop()
        return statement

    def _unknown_tag(self, tag: Tag) -> TemplateSyntaxError:
        known = {
            *self.TAGS,
            "else",
            "elif",
            "pluralize",
            *(f"end{name}" for name in {*OPENERS, "set"}),
        }
        if tag.name not in known:
            message = f"unknown tag {tag.name!r}{suggest(tag.name, known)}"
        elif self._open:
            message = f"{{% {tag.name} %}} cannot stand here: {self._open[-1].name!r} is open"
        else:
            message = f"nothing is open that {{% {tag.name} %}} could belong to"
        return TemplateSyntaxError(message, at=tag.at)

    def _parse_until_end(self, name: str) -> list[Statement]:
        body = self._parse_body(f"end{name}")
        self._expect_bare_end()
        return body

    def _expect_bare_end(self) -> None:
        """Let ``endblock`` repeat the name of its block, and refuse other words."""
        words = TagWords(self._ending.tokens)
        opened = self._open[-1]
        if self._ending.name == f"end{opened.name}" and opened.name in {"block", "macro"}:
            words.accept(opened.tokens[0].value)
        words.expect_end()

    def _parse_if(self, tag: Tag, words: TagWords) -> Statement:
        statement = If(tag.at, [], [])
        while True:
            test = words.parse()
            words.expect_end()
            statement.branches.append((test, self._parse_body("elif", "else", "endif")))
            if self._ending.name != "elif":
                break
            words = TagWords(self._ending.tokens)
        self._expect_bare_end()
        if self._ending.name == "else":
            statement.otherwise = self._parse_until_end("if")
        return statement

    def _parse_for(self, tag: Tag, words: TagWords) -> Statement:
        target = words.parse_targets()
        words.expect("in")
        # The power of "if" keeps ``for x in xs if x.ok`` from reading a conditional.
        iterable = words.parse(POWERS["if"])
        condition = words.parse() if words.accept("if") else None
        recursive = words.accept("recursive")
        words.expect_end()
        body = self._parse_body("else", "endfor")
        self._expect_bare_end()
        otherwise = self._parse_until_end("for") if self._ending.name == "else" else []
        return For(tag.at, target, iterable, condition, body, otherwise, recursive)

    def _parse_set(self, tag: Tag, words: TagWords) -> Statement:
        if opens_block(tag):
            name = words.take_name().value
            filters = words.parse_filters() if words.accept("|") else []
            words.expect_end()
            return SetBlock(tag.at, name, filters, self._parse_until_end("set"))
        target: Target = words.parse_targets()
        if isinstance(target, Name) and words.accept("."):
            target = Attribute(target.at, target, words.take_name().value)
        words.expect("=")
        value = words.parse_bare_tuple()
        words.expect_end()
        return Set(tag.at, target, value)

    def _parse_with(self, tag: Tag, words: TagWords) -> Statement:
        bindings: list[tuple[Name, Expression]] = []
        while not words.at_end:
            token = words.take_name()
            words.expect("=")
            bindings.append((Name(token.at, token.value), words.parse()))
            if not words.at_end:
                words.expect(",")
        return With(tag.at, bindings, self._parse_until_end("with"))

    def _parse_include(self, tag: Tag, words: TagWords) -> Statement:
        template = words.parse()
        ignore_missing = words.accept("ignore")
        if ignore_missing:
            words.expect("missing")
        return Include(tag.at, template, ignore_missing, words.parse_context(default=True))

    def _parse_extends(self, tag: Tag, words: TagWords) -> Statement:
        if self._open:
            raise TemplateSyntaxError(
                f"extends must stand outside of all blocks, {self._open[-1].name!r} is open",
                at=tag.at,
            )
        if self._tree.extends is not None:
            raise TemplateSyntaxError("a template can extend only one other", at=tag.at)
        statement = Extends(tag.at, words.parse())
        words.expect_end()
        self._tree.extends = statement
        return statement

    def _parse_block(self, tag: Tag, words: TagWords) -> Statement:
        name = words.take_name().value
        words.accept("scoped")  # all are: a block sees what its place sees
        required = words.accept("required")
        words.expect_end()
        if name in self._tree.blocks:
            raise TemplateSyntaxError(f"block {name!r} is defined twice", at=tag.at)
        block = Block(tag.at, name, [], required)
        self._tree.blocks[name] = block
        block.body = self._parse_until_end("block")
        for part in block.body if required else []:
            if not isinstance(part, Text) or part.text.strip():
                raise TemplateSyntaxError(
                    f"block {name!r} is required, so it must be empty", at=part.at
                )
        return block

    def _parse_macro(self, tag: Tag, words: TagWords) -> Statement:
        name = words.take_name().value
        words.expect("(")
        parameters = words.parse_parameters()
        words.expect_end()
        return Macro(tag.at, name, parameters, self._parse_until_end("macro"))

    def _parse_call(self, tag: Tag, words: TagWords) -> Statement:
        parameters = words.parse_parameters() if words.accept("(") else []
        call = words.parse()
        if not isinstance(call, Call):
            raise TemplateSyntaxError("call needs a macro and its arguments", at=call.at)
        words.expect_end()
        body = self._parse_until_end("call")
        return CallBlock(tag.at, call, Macro(tag.at, "caller", parameters, body))

    def _parse_filter(self, tag: Tag, words: TagWords) -> Statement:
        filters = words.parse_filters()
        words.expect_end()
        return FilterBlock(tag.at, filters, self._parse_until_end("filter"))

    def _parse_import(self, tag: Tag, words: TagWords) -> Statement:
        template = words.parse()
        words.expect("as")
        name = words.take_name().value
        return Import(tag.at, template, name, words.parse_context(default=False))

    def _parse_from(self, tag: Tag, words: TagWords) -> Statement:
        template = words.parse()
        words.expect("import")
        names: list[tuple[str, str]] = []
        while not names or words.accept(","):
            token: Token = words.take_name()
            alias = words.take_name().value if words.accept("as") else token.value
            names.append((token.value, alias))
        return FromImport(tag.at, template, names, words.parse_context(default=False))

    def _parse_trans(self, tag: Tag, words: TagWords) -> Statement:
        trimmed = words.accept("trimmed")
        bindings = words.parse_bindings()
        body = self._parse_body("pluralize", "endtrans")
        message, names = make_message(body, bindings, trimmed=trimmed)
        plural, count = None, next(iter(bindings.values()), None)
        if self._ending.name == "pluralize":
            words = TagWords(self._ending.tokens)
            if not words.at_end:
                token = words.take_name()
                count = bindings.get(token.value, Name(token.at, token.value))
            words.expect_end()
            if count is None:
                raise TemplateSyntaxError("pluralize needs a number: trans n=…", at=tag.at)
            plural, more = make_message(self._parse_body("endtrans"), bindings, trimmed=trimmed)
            names.update(more)
        self._expect_bare_end()
        values = {**names, **bindings}
        return Print(tag.at, Translation(tag.at, message, plural, count, values))

    def _parse_raw(self, tag: Tag, words: TagWords) -> Statement:
        words.expect_end()
        body = self._parse_until_end("raw")
        text = body[0].text if body and isinstance(body[0], Text) else ""
        return Text(text, tag.end)

    TAGS: ClassVar[dict[str, Callable[["Parser", Tag, TagWords], Statement]]] = {
        "if": _parse_if,
        "for": _parse_for,
        "set": _parse_set,
        "with": _parse_with,
        "include": _parse_include,
        "extends": _parse_extends,
        "block": _parse_block,
        "macro": _parse_macro,
        "call": _parse_call,
        "filter": _parse_filter,
        "import": _parse_import,
        "from": _parse_from,
        "raw": _parse_raw,
        "trans": _parse_trans,
    }
