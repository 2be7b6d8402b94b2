"""groundup_course.grader: a package whose names are not the learner's is graded through a view."""

from groundup_course.chapter import load_chapter
from groundup_course.grader import Subject, grade


def test_a_view_may_import_the_package_that_it_shows() -> None:
    chapter = load_chapter("httpparse")

    verdict = grade(chapter, Subject.of_package(chapter))

    assert verdict.passed, verdict.problem


def test_a_package_with_the_names_of_the_learner_needs_no_view() -> None:
    subject = Subject.of_package(load_chapter("router"))

    assert subject == Subject("groundup_router")
