"""Keep of a stranger's HTML what formats text, and nothing that can act.

The source is read with the standard library's parser and *written anew*: only tags of the table
below are ever written, without attributes except a link's checked address, and every piece of text
is escaped.  So whatever trick the source plays on a parser, what comes out holds nothing else.

    <p onclick=x>Hi <script>evil()</script><b>you</b>   ─►   <p>Hi <b>you</b></p>
"""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

__all__ = ["clean_html", "plain_text"]

ALLOWED = frozenset(
    {
        *("p", "br", "hr", "h2", "h3", "h4", "blockquote", "pre", "code", "ul", "ol", "li"),
        *("b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "mark", "a"),
    }
)
VOID = frozenset({"br", "hr"})
# What stands inside these is no text for a reader.
DROPPED = frozenset(
    {"script", "style", "template", "title", "textarea", "iframe", "noscript", "svg", "math"}
)
SCHEMES = frozenset({"", "http", "https", "mailto"})
MAX_DEPTH = 50
BLOCK = re.compile(r"<(p|h2|h3|h4|ul|ol|pre|blockquote|hr)\b", re.IGNORECASE)


class Writer(HTMLParser):
    """Writes what is allowed of the tags and text it is fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[str] = []
        self._dropping: str | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag that is allowed; begin to drop what one that is not a reader's text holds."""
        if self._dropping:
            self._depth += tag == self._dropping
        elif tag in DROPPED:
            self._dropping, self._depth = tag, 1
        elif tag in VOID:
            self.pieces.append(f"<{tag}>")
        elif tag in ALLOWED and len(self._open) < MAX_DEPTH:
            self._open.append(tag)
            self.pieces.append(f"<{tag}{link_attributes(attrs) if tag == 'a' else ''}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat ``<b/>`` as ``<b>``; in HTML the slash means nothing but for pictures and sums."""
        if tag not in {"svg", "math"}:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag that is open, and those inside it."""
        if self._dropping:
            self._depth -= tag == self._dropping
            if not self._depth:
                self._dropping = None
        elif tag in self._open:
            while (inner := self._open.pop()) != tag:
                self.pieces.append(f"</{inner}>")
            self.pieces.append(f"</{tag}>")

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - the parser's own signature
        """Take ``<![`` for a comment, as HTML does: of this, old parsers know only SGML's kinds."""
        return self.parse_bogus_comment(i, report)

    def handle_data(self, data: str) -> None:
        """Write text."""
        if not self._dropping:
            self.pieces.append(escape(data))

    def finish(self) -> str:
        """Close what is open and return all."""
        self.close()
        self.pieces += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self.pieces)


def link_attributes(attrs: list[tuple[str, str | None]]) -> str:
    """Return the attributes of a link: its address if that cannot run code, and no endorsement."""
    address = next((value for name, value in attrs if name == "href" and value), "")
    # Browsers ignore white space and controls in an address, so "java\nscript:" is one of theirs.
    address = re.sub(r"[\x00-\x20\x7f]", "", address)
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    if not address or scheme not in SCHEMES or (not scheme and ":" in address.partition("/")[0]):
        return ""
    return f' href="{escape(address)}" rel="nofollow ugc noopener"'


def clean_html(source: str) -> str:
    r"""Return HTML that is safe to show; plain text becomes paragraphs.

    >>> clean_html('One <a href="javascript:x">two</a><script>evil()</script>')
    '<p>One <a>two</a></p>'
    >>> clean_html("First\n\nSecond & last")
    '<p>First</p>\n<p>Second &amp; last</p>'
    """
    source = source.replace("\r\n", "\n").replace("\0", "")
    if not BLOCK.search(source):
        paragraphs = [part.strip() for part in re.split(r"\n\s*\n", source) if part.strip()]
        source = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    writer = Writer()
    writer.feed(source)
    return writer.finish()


class Reader(HTMLParser):
    """Collects the text of clean HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.pieces.append(data)


def plain_text(html: str, limit: int) -> str:
    """Return the beginning of the text of clean HTML, cut between words.

    >>> plain_text("<p>One <b>two</b> three</p>", 10)
    'One two…'
    """
    reader = Reader()
    reader.feed(html[: limit * 20])
    text = " ".join("".join(reader.pieces).split())
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(".,;:") + "…"
