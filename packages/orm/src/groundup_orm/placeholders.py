"""Find the ``?`` of an SQL text that are placeholders, and the ``;`` that end statements.

    SELECT '?' AS "a?b", x -- really?     one token each: string, name, comment …
    FROM t WHERE y = ? AND z = ?;                     … and what is left is code

Replacing every question mark would also change those in strings, and an attacker's string could
change what the database takes for code.  So the text is read the way a database reads it: strings
(with doubled quotes, and backslashes in PostgreSQL's E'…'), quoted names, comments (PostgreSQL's
nest), dollar quotes.  One regular expression names the tokens; each character is looked at once.
"""

import re
from collections.abc import Iterator

from groundup_orm.errors import ProgrammingError

__all__ = ["number_placeholders", "split_statements", "tokens"]

TOKEN = re.compile(
    r"""
      (?P<escape>   \b[eE]'(?:[^'\\]|\\.|'')*' )
    | (?P<string>   '(?:[^']|'')*' )
    | (?P<name>     "(?:[^"]|"")*" )
    | (?P<line>     --[^\n]* )
    | (?P<comment>  /\* )
    | (?P<dollar>   (?<![\w$])\$(?P<tag>[^\W\d]\w*)?\$ )
    | (?P<doubled>  \?\? )
    | (?P<question> \? )
    | (?P<end>      ; )
    | (?P<code>     (?:[^'"\-/$?;eE]|[eE](?!')|-(?!-)|/(?!\*))+ )
    | (?P<other>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
NESTING = re.compile(r"/\*|\*/")


def end_of_comment(sql: str, start: int) -> int:
    """Return where the comment that opens at ``start`` ends; comments nest."""
    depth = 0
    for mark in NESTING.finditer(sql, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    raise ProgrammingError("comment must end with */", sql=sql)


def end_of_dollar_quote(sql: str, start: int, quote: str) -> int:
    """Return where the dollar quote that opens at ``start`` ends."""
    end = sql.find(quote, start + len(quote))
    if end < 0:
        raise ProgrammingError(f"string must end with {quote[:40]}", sql=sql)
    return end + len(quote)


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each token; together they are the whole text.

    >>> [kind for kind, text in tokens("a = '?' AND b = ?") if kind != "code"]
    ['string', 'question']

    Raises:
        ProgrammingError: A string, name or comment does not end.
    """
    position = 0
    while match := TOKEN.match(sql, position):
        kind, start, position = match.lastgroup or "", position, match.end()
        if kind == "comment":
            position = end_of_comment(sql, start)
        elif kind == "dollar":
            position = end_of_dollar_quote(sql, start, match["dollar"])
        elif kind == "other" and match[0] in "'\"":
            raise ProgrammingError(f"text after {match[0]} must be closed by another one", sql=sql)
        yield kind, sql[start:position]


def number_placeholders(sql: str) -> tuple[str, int]:
    """Return the text with ``$1``, ``$2`` … for its placeholders, and how many there are.

    PostgreSQL has operators with question marks; ``??`` stands for one of those.

    >>> number_placeholders("SELECT data ?? 'a?' FROM t WHERE id = ?")
    ("SELECT data ? 'a?' FROM t WHERE id = $1", 1)
    """
    count = 0
    pieces: list[str] = []
    for kind, text in tokens(sql):
        if kind == "question":
            count += 1
            pieces.append(f"${count}")
        else:
            pieces.append("?" if kind == "doubled" else text)
    return "".join(pieces), count


def split_statements(sql: str) -> Iterator[str]:
    """Yield the parts of a script between semicolons; parts without code are left out.

    >>> list(split_statements("CREATE TABLE a (b TEXT DEFAULT ';'); -- done;"))
    ["CREATE TABLE a (b TEXT DEFAULT ';')"]
    """
    pieces: list[str] = []
    has_code = False
    for kind, text in [*tokens(sql), ("end", "")]:
        if kind == "end":
            if has_code:
                yield "".join(pieces).strip()
            pieces, has_code = [], False
            continue
        pieces.append(text)
        has_code = has_code or (kind not in {"line", "comment"} and not text.isspace())
