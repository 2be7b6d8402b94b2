"""Follow the text of a script: strings, template literals, comments, regular expressions, code.

Everything else of the language does not matter for what a value may be.  The one question that
needs a look at more is the slash: after a value it divides, else it begins a regular expression.
What cannot be told is LOST: the script may go on, but no value may stand in the rest of it.
"""

import re

from groundup_templating.context import Context, Part, Slash

__all__ = ["advance_script"]

MAX_LITERALS = 20  # template literals in template literals

CODE_STOP = re.compile(r"""["'`{}]|/[/*]?|<!--|^[ \t]*-->""", re.MULTILINE)
ENDS = {
    Part.DOUBLE: re.compile(r'\\(?:\r\n|.|\Z)|"|[\r\n]', re.DOTALL),
    Part.SINGLE: re.compile(r"\\(?:\r\n|.|\Z)|'|[\r\n]", re.DOTALL),
    Part.BACKTICK: re.compile(r"\\(?:.|\Z)|`|\$\{", re.DOTALL),
    Part.REGEX: re.compile(r"\\(?:.|\Z)|[/\[\r\n]", re.DOTALL),
    Part.REGEX_CLASS: re.compile(r"\\(?:.|\Z)|[\]\r\n]", re.DOTALL),
    Part.LINE_COMMENT: re.compile("[\r\n\u2028\u2029]"),
    Part.BLOCK_COMMENT: re.compile(r"\*/"),
}
BEGINS = {
    '"': Part.DOUBLE,
    "'": Part.SINGLE,
    "//": Part.LINE_COMMENT,
    "/*": Part.BLOCK_COMMENT,
    "<!--": Part.LINE_COMMENT,
    "-->": Part.LINE_COMMENT,
}
LAST_WORD = re.compile(r"[\w$]+\Z")
WORDS_BEFORE_REGEX = frozenset(
    [
        "await",
        "case",
        "delete",
        "do",
        "else",
        "in",
        "instanceof",
        "new",
        "of",
        "return",
        "throw",
        "typeof",
        "void",
        "yield",
    ]
)


def advance_script(context: Context, text: str) -> Context:
    """Return the context after this text, which is part of a script."""
    position = 0
    while position < len(text) and context.part is not Part.LOST:
        if context.part is Part.CODE:
            context, position = _read_code(context, text, position)
        else:
            context, position = _read_other(context, text, position)
    return context


def _read_code(context: Context, text: str, position: int) -> tuple[Context, int]:
    stop = CODE_STOP.search(text, position)
    end = len(text) if stop is None else stop.start()
    context = context._replace(slash=_slash_after(text[position:end], context.slash))
    if stop is None:
        return context, end
    word = stop[0].lstrip()
    if word == "-->" and not stop.start() and context.slash is Slash.DIVISION:
        return context._replace(slash=Slash.REGEX), stop.end()  # after a value it is -- and >
    if word in BEGINS:
        return context._replace(part=BEGINS[word]), stop.end()
    if word == "/":
        return _read_slash(context), stop.end()
    return _read_brace(context, word), stop.end()


def _slash_after(code: str, before: Slash) -> Slash:
    code = code.rstrip()
    if not code:
        return before
    if (word := LAST_WORD.search(code)) is not None:
        return Slash.REGEX if word[0] in WORDS_BEFORE_REGEX else Slash.DIVISION
    divides = code[-1] in ")]" or code.endswith(("++", "--"))
    return Slash.DIVISION if divides else Slash.REGEX


def _read_slash(context: Context) -> Context:
    match context.slash:
        case Slash.REGEX:
            return context._replace(part=Part.REGEX)
        case Slash.DIVISION:
            return context._replace(slash=Slash.REGEX)
        case Slash.UNKNOWN:  # the last one
            return context._replace(part=Part.LOST)


def _read_brace(context: Context, word: str) -> Context:
    braces = context.braces
    if word == "`":
        return context._replace(part=Part.BACKTICK)
    if not braces:
        # After a block a slash begins a regular expression, after an object it divides.
        return context._replace(slash=Slash.REGEX if word == "{" else Slash.UNKNOWN)
    if word == "{":
        return context._replace(braces=(*braces[:-1], braces[-1] + 1), slash=Slash.REGEX)
    if braces[-1]:
        return context._replace(braces=(*braces[:-1], braces[-1] - 1), slash=Slash.UNKNOWN)
    return context._replace(part=Part.BACKTICK, braces=braces[:-1])


def _read_other(context: Context, text: str, position: int) -> tuple[Context, int]:
    stop = ENDS[context.part].search(text, position)
    if stop is None:
        return context, len(text)
    word = stop[0]
    if word.startswith("\\"):
        # A backslash at the very end would reach into the value that follows.
        return context._replace(part=Part.LOST) if len(word) == 1 else context, stop.end()
    return _end_part(context, word), stop.end()


def _end_part(context: Context, word: str) -> Context:
    if context.part is Part.LINE_COMMENT or context.part is Part.BLOCK_COMMENT:
        return context._replace(part=Part.CODE)
    if word in "\r\n":
        return context._replace(part=Part.LOST)
    if word == "[":
        return context._replace(part=Part.REGEX_CLASS)
    if word == "]":
        return context._replace(part=Part.REGEX)
    if word == "${":
        if len(context.braces) == MAX_LITERALS:
            return context._replace(part=Part.LOST)
        return context._replace(part=Part.CODE, slash=Slash.REGEX, braces=(*context.braces, 0))
    return context._replace(part=Part.CODE, slash=Slash.DIVISION)
