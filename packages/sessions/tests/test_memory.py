"""groundup_sessions.memory: what is its own; the contract it shares is in test_store."""

from groundup_sessions import MemoryStore, Moment, SessionManager

NOW = 1000.0


def at(seconds: float) -> Moment:
    return Moment(NOW + seconds, 100)


def test_of_too_many_the_one_that_was_not_used_for_longest_is_forgotten() -> None:
    store = MemoryStore(max_sessions=3)
    for number in range(3):
        store.create(f"key {number}", {}, at(number), NOW + 9000)
    store.load("key 0", at(5))

    store.create("key 3", {}, at(6), NOW + 9000)

    assert [store.exists(f"key {number}", at(6)) for number in range(4)] == [
        True, False, True, True
    ]  # fmt: skip
    assert len(store) == 3


def test_dead_ones_are_swept_by_new_ones() -> None:
    store = MemoryStore()
    for number in range(50):
        store.create(f"key {number}", {}, at(number), NOW + 9000)

    store.create("new", {}, at(125), NOW + 9000)

    assert len(store) == 25


def test_purging_counts_the_dead() -> None:
    store = MemoryStore()
    store.create("young", {}, at(0), NOW + 9000)
    store.create("old", {}, at(0), NOW + 10)

    assert store.purge(at(10)) == 1
    assert len(store) == 1


def test_the_limit_is_the_managers() -> None:
    from groundup_sessions import SessionLimits

    sessions = SessionManager(limits=SessionLimits(max_sessions=1))

    first, second = sessions.create(), sessions.create()

    assert (sessions.exists(first), sessions.exists(second)) == (False, True)
    sessions.close()
    assert not sessions.exists(second)
