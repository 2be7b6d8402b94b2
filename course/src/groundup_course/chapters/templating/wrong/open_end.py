r"""Closes at the end of the template what nobody has closed.

first-fail: m2_unclosed
message: {% for x in xs %}\nx\n').render({'xs': [1]})
turn: A loop that nobody closes goes on to the end of your page without a word; the mistake is in
  the line where it was opened.
"""

from groundup_course.chapters.templating.steps import step2
from groundup_course.chapters.templating.steps.step2 import TemplateError

__all__ = ["Template", "TemplateError"]


class Template(step2.Template):
    """Helps where it should refuse."""

    def __init__(self, source: str) -> None:
        try:
            super().__init__(source)
        except TemplateError as error:
            if "must have its end" not in str(error):
                raise
            super().__init__(source + "{% endfor %}")
