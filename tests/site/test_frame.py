"""The frame: every chapter has its place, and what finished chapters say of themselves wins."""

import pytest

from groundup_course.projects import load_projects
from groundup_course.site.frame import load_frame, read_frame, spell_minutes

TOLD = {
    "router": {
        "level": "expert",
        "time": "1 h",
        "needs": ("messages",),
        "unlocks": ("orm", "capstone"),
        "terms": ("trie",),
    }
}


def test_every_chapter_is_in_one_phase() -> None:
    frame = load_frame()

    placed = [name for phase in frame.phases for name in phase.chapters]

    assert sorted(placed) == sorted(load_projects())
    assert len(frame.phases) == 5


def test_no_two_chapters_of_a_phase_share_a_column() -> None:
    for phase in load_frame().phases:
        used = phase.columns[: len(phase.chapters)]
        assert len(set(used)) == len(phase.chapters)


def test_every_chapter_but_two_is_in_one_stage_of_a_request() -> None:
    frame = load_frame()

    staged = [name for stage in frame.stages for name in stage.chapters]

    assert sorted([*staged, "testing", "capstone"]) == sorted(load_projects())


def test_a_chapter_says_itself_what_it_needs() -> None:
    router = read_frame(TOLD).places["router"]

    assert (router.level, router.time, router.needs) == ("expert", "1 h", ("messages",))
    assert router.complete
    assert not read_frame({}).places["router"].complete


def test_what_a_chapter_unlocks_needs_it() -> None:
    frame = read_frame(TOLD)

    assert "router" in frame.places["orm"].needs
    assert "orm" in frame.unlocks("router")


def test_the_capstone_is_not_asked_for_seventeen_arrows() -> None:
    assert read_frame(TOLD).places["capstone"].needs == ()


def test_nothing_needs_itself_by_a_detour() -> None:
    places = load_frame().places

    def below(name: str, seen: tuple[str, ...] = ()) -> None:
        assert name not in seen, (*seen, name)
        for other in places[name].needs:
            below(other, (*seen, name))

    for name in places:
        below(name)


@pytest.mark.parametrize(("minutes", "words"), [(1, "1 min"), (60, "1 h"), (61, "1 h 1 min")])
def test_times_are_spelled(minutes: int, words: str) -> None:
    assert spell_minutes(minutes) == words
