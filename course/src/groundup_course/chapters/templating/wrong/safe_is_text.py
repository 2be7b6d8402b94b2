"""Has a filter `safe` that changes nothing.

first-fail: m4_safe
message: &lt;em&gt;
turn: Your `safe` returns plain text, and plain text is escaped: the value has to carry with it that
  somebody has answered for it.
"""

from groundup_course.chapters.templating.steps import step4
from groundup_course.chapters.templating.steps.step4 import FILTERS, TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step4.Template):
    """Forgets who is safe."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._namespace["filters"] = {**FILTERS, "safe": str}
