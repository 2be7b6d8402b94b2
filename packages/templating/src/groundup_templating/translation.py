"""Translatable text: ``{% trans %}`` makes a message of a body, and gettext finds another for it.

    {% trans count=posts|length %}one post{% pluralize %}{{ count }} posts{% endtrans %}

    ngettext("one post", "%(count)s posts", 3) % {"count": 3}

``gettext`` and ``ngettext`` are names like others: from the context of a request, or from the
globals; without any, the text stays as it is.  What a catalog says is trusted as the template is;
the values that go into it are escaped.
"""

import re
from collections.abc import Callable, Container
from typing import Any

from groundup_templating.choice import choose_escapers
from groundup_templating.context import TEXT
from groundup_templating.errors import ContextError, TemplateSyntaxError
from groundup_templating.html_state import advance
from groundup_templating.nodes import Name
from groundup_templating.statements import Print, Statement
from groundup_templating.tokens import Text
from groundup_templating.value_state import after_value

__all__ = ["check_message", "keep", "keep_plural", "make_message", "translate"]

FIELD = re.compile(r"%%\((\w+)\)s")
LINE_BREAK = re.compile(r"\s*\n\s*")


def make_message(
    body: list[Statement], bound: Container[str], *, trimmed: bool
) -> tuple[str, dict[str, Name]]:
    """Return the message of a body, as gettext wants it, and the names that are in it.

    A name that the tag has bound may also be written as in the message: ``%(name)s``.

    Raises:
        TemplateSyntaxError: The body holds more than text and names.
    """
    parts: list[str] = []
    names: dict[str, Name] = {}
    for statement in body:
        if isinstance(statement, Text):
            parts.append(_write_text(statement.text, bound))
        elif isinstance(statement, Print) and isinstance(statement.value, Name):
            names[statement.value.name] = statement.value
            parts.append(f"%({statement.value.name})s")
        else:
            raise TemplateSyntaxError(
                "a translated text can hold names only: {% trans total=cart.total %}",
                at=statement.at,
            )
    message = "".join(parts)
    return (LINE_BREAK.sub(" ", message.strip()) if trimmed else message), names


def _write_text(text: str, bound: Container[str]) -> str:
    def write(field: re.Match[str]) -> str:
        return f"%({field[1]})s" if field[1] in bound else field[0]

    return FIELD.sub(write, text.replace("%", "%%"))


def check_message(message: str, at: int) -> None:
    """Refuse a message whose values would stand where their escaping does not hold."""
    context = TEXT
    for number, piece in enumerate(re.split(r"%\(\w+\)s", message)):
        if number:
            if choose_escapers(context) not in {("text",), ("quoted",)}:
                raise ContextError(
                    f"no value may stand in {context} of a translated text: put the whole "
                    "attribute around it",
                    at=at,
                )
            context = after_value(context)
        context = advance(context, piece)
    if context != TEXT:
        raise ContextError(f"a translated text must end in text, it ends in {context}", at=at)


def translate(wrap: Callable[[str], str], found: str, values: dict[str, Any]) -> str:
    """Return what gettext found for a message, with its values, as HTML or as text."""
    return wrap(found) % values


def keep(message: str) -> str:
    """Return a message as it is: the gettext of an environment without catalogs."""
    return message


def keep_plural(singular: str, plural: str, count: int) -> str:
    """Return one of two messages as English does."""
    return singular if count == 1 else plural
