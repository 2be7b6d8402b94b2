"""Glossary, notes, and docstrings on their way to the reference."""

import re
from pathlib import Path

from groundup_course.site.docstrings import mend_docstring
from groundup_course.site.frame import load_frame
from groundup_course.site.glossary import read_terms, tell_terms
from groundup_course.site.notes import decisions, facts, readme_body

ROOT = Path(__file__).parents[2]


def test_the_glossary_has_every_term_of_the_chapters() -> None:
    frame = load_frame()
    known = {term.name.lower() for term in read_terms(frame)}

    assert len(known) >= 60
    for place in frame.places.values():
        assert {term.lower() for term in place.terms} <= known


def test_every_term_is_explained_in_one_line() -> None:
    for term in read_terms(load_frame()):
        if term.text:
            assert term.text.endswith("."), term.name
            assert len(term.text) < 120, term.name


def test_terms_are_sorted_and_lead_to_chapters() -> None:
    frame = load_frame()
    terms = read_terms(frame)

    assert [term.name.lower() for term in terms] == sorted(term.name.lower() for term in terms)
    assert all(term.chapters and set(term.chapters) <= set(frame.places) for term in terms)
    assert tell_terms(frame).count("\n:   ") == len(terms)


def test_anchors_of_the_glossary_are_all_different() -> None:
    anchors = re.findall(r'id="([^"]+)"', tell_terms(load_frame()))

    assert len(anchors) == len(set(anchors))


def test_facts_name_what_comes_before_and_after() -> None:
    frame = load_frame()

    line = facts(frame, frame.places["auth"])

    assert "needs: [sessions](08-sessions.md)" in line
    assert "unlocks: [capstone](18-capstone.md)" in line
    assert "[API reference](reference/auth.md)" in line
    assert "needs: all others" in facts(frame, frame.places["capstone"])


def test_a_readme_has_no_link_into_the_repository() -> None:
    frame = load_frame()

    for name in frame.places:
        body = readme_body(frame, ROOT, name)
        assert not body.startswith("# ")
        for target in re.findall(r"\]\(([^)\s]+)\)", body):
            page = ROOT / "course/docs" / target
            assert target.startswith(("https:", "http:", "#")) or page.is_file(), (name, target)


def test_a_session_becomes_a_block() -> None:
    mended = mend_docstring("Add.\n\n>>> 1\n1\n\n>>> 2\n2\n\nMore.")

    assert mended == "Add.\n\n```pycon\n>>> 1\n1\n\n>>> 2\n2\n```\n\nMore."


def test_a_session_below_its_sentence_becomes_a_block() -> None:
    assert mend_docstring("Add:\n>>> 1\n1") == "Add:\n\n```pycon\n>>> 1\n1\n```"


def test_columns_become_a_block_and_two_spaces_after_a_full_stop_do_not() -> None:
    assert mend_docstring("a     one\nbc    two") == "```text\na     one\nbc    two\n```"
    assert mend_docstring("One.  Two.\nThree.  Four.") == "One.  Two.\nThree.  Four."


def test_arguments_and_blocks_that_are_there_stay_as_they_are() -> None:
    text = "Do.\n\nArgs:\n    a: One.\n    b: Two."

    assert mend_docstring(text) == text
    assert mend_docstring("```\n>>> 1\n```") == "```\n>>> 1\n```"


def test_every_decision_is_on_the_page_below_its_title() -> None:
    text = decisions(ROOT)

    records = list((ROOT / "course/decisions").glob("[0-9]*.md"))
    assert len(re.findall("^## ", text, re.MULTILINE)) >= len(records)
    assert not re.search("^# ", text, re.MULTILINE)
