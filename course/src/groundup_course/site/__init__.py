"""What the pages around the chapters show, made from the course's and the packages' own data.

    frame.toml, chapter.toml, pyproject.toml
                     │  python -m groundup_course.site
                     ▼
            course/generated/site/

Pictures are drawn here as SVG, each in two layouts: one for a wide page and one for a phone.  A
chapter's page carries the picture of a request's life; the map and the package map have theirs.
"""

from groundup_course.site.frame import Frame, Place, load_frame
from groundup_course.site.making import make

__all__ = ["Frame", "Place", "load_frame", "make"]
