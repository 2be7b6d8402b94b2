r"""Pictures of what the packages see, made of what they say themselves: HTML for the pages.

    draw("router", {"routes": "/users\n/users/:id", "path": "/users/7"})

The same function makes the picture that stands in the page and the one that a reader asks for in
the browser.  Nothing here knows how a package works: each picture is its ``explain``, or its
result, laid out.  What comes from a reader is escaped, and is at most `MAX_INPUT` characters.
"""

from collections.abc import Callable, Mapping

from groundup_course.visual.request import draw_request
from groundup_course.visual.router import draw_router
from groundup_course.visual.template import draw_template

__all__ = ["EXAMPLES", "MAX_INPUT", "draw"]

MAX_INPUT = 4000

Fields = Mapping[str, str]

DRAWERS: Mapping[str, Callable[[Fields], str]] = {
    "router": lambda fields: draw_router(fields["routes"], fields["path"]),
    "httpparse": lambda fields: draw_request(fields["request"]),
    "templating": lambda fields: draw_template(fields["template"]),
}
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
    if name not in DRAWERS:
        raise ValueError(f"a picture must be one of {', '.join(DRAWERS)}, got {name!r}")
    for key in EXAMPLES[name]:
        if len(fields.get(key, "")) > MAX_INPUT:
            raise ValueError(f"{key} must have at most {MAX_INPUT} characters: shorten it")
    return DRAWERS[name]({key: fields.get(key, "") for key in EXAMPLES[name]})
