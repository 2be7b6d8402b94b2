"""The errors of the course: what a learner or an author can mend, told in one line."""

__all__ = ["ChapterError", "CourseError", "GraderError", "WorkspaceError"]


class CourseError(Exception):
    """The base of them all; the command prints it and ends with ``exit_code``."""

    exit_code = 2


class WorkspaceError(CourseError):
    """The learner's folder is not as it must be."""


class ChapterError(CourseError):
    """A chapter is not as it must be: for its author."""

    exit_code = 3


class GraderError(CourseError):
    """The grader itself failed, so nothing is known of the learner's code."""

    exit_code = 3
