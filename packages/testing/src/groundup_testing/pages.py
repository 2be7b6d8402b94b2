"""Find elements in a page by CSS selectors; needs the extra ``html`` (lxml and cssselect)."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from groundup_testing.errors import TestingError

__all__ = ["Element", "select"]


class Element:
    """One element of a page."""

    def __init__(self, node: Any) -> None:
        self._node = node

    @property
    def name(self) -> str:
        """The name of its tag."""
        return str(self._node.tag)

    @property
    def attributes(self) -> Mapping[str, str]:
        """All attributes."""
        return dict(self._node.attrib)

    @property
    def text(self) -> str:
        """All text inside, white space joined to single blanks."""
        return " ".join("".join(self._node.itertext()).split())

    def __getitem__(self, name: str) -> str:
        """Return an attribute."""
        return self.attributes[name]

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return an attribute, or the default."""
        return self.attributes.get(name, default)

    def select(self, css: str) -> "list[Element]":
        """Return the elements inside that a selector finds."""
        return find(self._node, css)

    def __repr__(self) -> str:
        attributes = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.name}{attributes}>{self.text[:40]}"


def select(html: str, css: str) -> list[Element]:
    """Return the elements of a page that a selector finds, in their order.

    Raises:
        TestingError: The extra ``html`` is not installed, or the selector is none.
    """
    if not html.strip():
        return []
    parser = load("lxml.html")
    return find(parser.document_fromstring(html), css)


def find(node: Any, css: str) -> list[Element]:
    """Return the elements below a node that a selector finds."""
    cssselect = load("cssselect")
    try:
        path = cssselect.HTMLTranslator().css_to_xpath(css)
    except cssselect.SelectorError as error:
        raise TestingError(f"selector must be CSS, got {css[:60]!r}: {error}") from None
    return [Element(found) for found in node.xpath(path)]


def load(name: str) -> Any:
    """Import a module of the extra."""
    try:
        return import_module(name)
    except ImportError:
        raise TestingError(
            f"select() needs {name.partition('.')[0]}: pip install groundup-testing[html]"
        ) from None
