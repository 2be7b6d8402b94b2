"""groundup_orm.related: a list that holds each object once and tells of every change."""

from typing import Any

import pytest

from groundup_orm.related import RelatedList


class Recorder:
    """What a relationship is told, as text."""

    key = "items"

    def __init__(self) -> None:
        self.heard: list[str] = []

    def check(self, target: object) -> None:
        if not isinstance(target, Thing):
            raise TypeError("no thing")

    def link(self, owner: object, target: Any) -> None:
        self.heard.append(f"+{target.name}")

    def unlink(self, owner: object, target: Any) -> None:
        self.heard.append(f"-{target.name}")


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


A, B, C = map(Thing, "abc")


def make(*things: Thing) -> tuple[RelatedList, list[str]]:
    recorder = Recorder()
    owner: Any = None
    return RelatedList(owner, recorder, things), recorder.heard


def test_append_insert_and_remove() -> None:
    found, heard = make(A)

    found.append(B)
    found.insert(0, C)
    found.remove(A)

    assert list(found) == [C, B]
    assert heard == ["+b", "+c", "-a"]


def test_each_object_is_held_once() -> None:
    found, heard = make(A)

    found.append(A)
    found.insert(0, A)

    assert found == [A]
    assert heard == []


def test_items_and_slices_can_be_replaced() -> None:
    found, heard = make(A, B)

    found[0] = C
    assert found == [C, B]
    found[:] = [B, A]
    assert found == [B, A]
    del found[0]
    del found[:]

    assert found == []
    assert heard == ["-a", "+c", "-c", "+a", "-b", "-a"]


def test_the_usual_ways_of_a_list() -> None:
    found, _ = make(A, B)

    assert found[0] is A
    assert found[0:1] == [A]
    assert len(found) == 2
    assert B in found
    assert C not in found
    assert found != (A, B)
    assert repr(found).startswith("[<")
    assert found.pop() is B
    found.extend([B, C])
    found.clear()
    assert not found
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)


def test_what_is_not_there_cannot_be_removed() -> None:
    found, _ = make(A)

    with pytest.raises(ValueError, match="must be in items"):
        found.remove(B)
    with pytest.raises(TypeError, match="no thing"):
        found.replace([A, "text"])

    assert found == [A]


def test_several_can_be_taken_out_without_a_word() -> None:
    found, heard = make(A, B, C)

    found.discard_all({id(A), id(C), 12345})
    found.discard_all({id(A)})

    assert found == [B]
    assert A not in found
    assert heard == []
