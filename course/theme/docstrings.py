"""Hand the docstrings of the reference through `groundup_course.site.docstrings`."""

import griffe

from groundup_course.site.docstrings import mend_docstring


class Docstrings(griffe.Extension):
    """Mend each docstring when its object has been read."""

    def on_instance(self, *, obj: griffe.Object, **_: object) -> None:
        """Called by griffe for every module, class, function and attribute."""
        if obj.docstring:
            obj.docstring.value = mend_docstring(obj.docstring.value)
