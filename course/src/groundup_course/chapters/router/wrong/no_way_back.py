"""Goes down one branch of the tree and never comes back.

first-fail: m4_way_back
message: got       None
turn: Your router returns what the first child that fits has found, even if that is None: try
  the next one.
"""

from typing import Any
from urllib.parse import unquote

from groundup_course.chapters.router.steps import step4


class Router(step4.Router):
    """Walks without a way back."""

    def match(self, path: str, method: str | None = None) -> dict[str, Any] | None:
        """Go down as far as a child fits."""
        node, values, segments = self._root, list[str](), path.split("/")
        for index, segment in enumerate(segments):
            text = unquote(segment)
            if text in node.children:
                node = node.children[text]
            elif node.parameter and text:
                node = node.parameter
                values.append(text)
            else:
                found = step4.finish(node.rest, values, method)
                if found is not None:
                    found["params"]["*"] = step4.decode_rest(segments[index:])
                return found
        return step4.finish(node.routes, values, method)
