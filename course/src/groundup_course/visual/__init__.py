r"""Pictures of what the packages see, made of what they say themselves: HTML for the pages.

    draw("router", {"routes": "/users\n/users/:id", "path": "/users/7"})

The same function makes the picture that stands in the page and the one that a reader asks for in
the browser.  Nothing here knows how a package works: each picture is its ``explain``, or its
result, laid out.  What comes from a reader is escaped, and is at most `MAX_INPUT` characters.
"""

from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module

__all__ = ["EXAMPLES", "MAX_INPUT", "box", "draw"]

MAX_INPUT = 4000

Fields = Mapping[str, str]
# What stands in the page before a reader has changed anything.
EXAMPLES: Mapping[str, Fields] = {
    "router": {
        "routes": "\n".join(
            (
                "/",
                "/users",
                "/users/:id",
                "/users/me",
                "/users/me/settings",
                "/users/:id/posts",
                "/files/*",
            )
        ),
        "path": "/users/me/posts",
    },
    "httpparse": {
        "request": (
            "POST /api/users?notify=yes HTTP/1.1\nHost: localhost:8000\n"
            'Content-Type: application/json\nContent-Length: 17\n\n{"name": "Alice"}'
        )
    },
    "templating": {
        "template": (
            '<h1>{{ title }}</h1>\n{% for user in users %}\n  <a href="{{ user.url }}">'
            "{{ user.name | upper }}</a>\n{% endfor %}\n"
        )
    },
}


def draw(name: str, fields: Fields) -> str:
    """Return a picture as HTML.

    Args:
        name: ``router``, ``httpparse`` or ``templating``.
        fields: What the picture is of; see `EXAMPLES`.

    Raises:
        ValueError: There is no such picture, or a field is missing or too long.
    """
    if name not in EXAMPLES:
        raise ValueError(f"a picture must be one of {', '.join(EXAMPLES)}, got {name!r}")
    for key in EXAMPLES[name]:
        if len(fields.get(key, "")) > MAX_INPUT:
            raise ValueError(f"{key} must have at most {MAX_INPUT} characters: shorten it")
    # Only the package that is drawn is imported: a browser has fetched no other.
    module = import_module(f"groundup_course.visual.{name}")
    drawer: Callable[..., str] = module.draw
    return drawer(**{key: fields.get(key, "") for key in EXAMPLES[name]})


def box(name: str) -> str:
    """Return the picture of the example with the form that draws another: for a page.

    The form is hidden until the page's script is there to answer it.
    """
    fields = "".join(
        f"<label>{key.capitalize()}"
        f'<textarea name="{key}" rows="{text.count(chr(10)) + 1}">{keep_lines(text)}</textarea>'
        "</label>"
        for key, text in EXAMPLES[name].items()
    )
    packages = f"groundup_course groundup_{name}"
    return (
        f'<div class="visual" data-visual="{name}" data-packages="{packages}">'
        f'<div class="visual-picture">{draw(name, EXAMPLES[name])}</div>'
        f"<form hidden>{fields}</form></div>\n"
    )


def keep_lines(text: str) -> str:
    """Return text for HTML in Markdown, where an empty line would end the HTML."""
    return escape(text).replace("\n", "&#10;")
