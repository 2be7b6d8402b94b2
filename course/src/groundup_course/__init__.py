"""The course: eighteen chapters, and what checks the learner's own version of each.

failure, trial                what a test records and says
chapter, projects             what a chapter is made of
verdict, child, grader        running a program and believing it
adapter                       the same tests under pytest
workspace, show               the learner's folder, and how results are told
plugging                      the blog on the learner's parts, and who served what
commands                      ``groundup learn``
lint, fences, generate        for authors: what keeps chapters and pages true
"""

from groundup_course.chapter import Chapter, chapter_names, load_chapter
from groundup_course.grader import Subject, grade
from groundup_course.trial import Trial
from groundup_course.verdict import Outcome, Verdict

__all__ = [
    "Chapter",
    "Outcome",
    "Subject",
    "Trial",
    "Verdict",
    "chapter_names",
    "grade",
    "load_chapter",
]
