"""groundup_orm.prepared: which statements are prepared, and which must go."""

from groundup_orm.prepared import Key, Plan, Prepared


def key(number: int) -> Key:
    return (f"SELECT {number}", ())


def test_a_statement_is_prepared_when_it_was_run_often_enough() -> None:
    prepared = Prepared(after=2)

    due: list[bool] = []
    for _ in range(3):
        due.append(prepared.is_due(key(1)))
        prepared.note_run(key(1))

    assert due == [False, False, True]


def test_types_of_parameters_tell_statements_apart() -> None:
    prepared = Prepared(after=1)
    prepared.note_run(("SELECT $1", (21,)))

    assert prepared.is_due(("SELECT $1", (21,)))
    assert not prepared.is_due(("SELECT $1", (23,)))


def test_what_was_not_used_for_the_longest_time_is_surplus() -> None:
    prepared = Prepared(most=2)
    for number in (1, 2):
        prepared.add(key(number), Plan(b"plan %d" % number))
    prepared.find(key(1))

    prepared.add(key(3), Plan(b"plan 3"))

    assert prepared.surplus == [b"plan 2"]
    assert prepared.find(key(1)) is not None
    assert prepared.find(key(2)) is None


def test_runs_of_only_so_many_statements_are_counted() -> None:
    prepared = Prepared(after=1, most=2)
    for number in (1, 2, 1, 3):
        prepared.note_run(key(number))

    assert [prepared.is_due(key(number)) for number in (1, 2, 3)] == [True, False, True]


def test_what_is_forgotten_is_prepared_again_at_once() -> None:
    prepared = Prepared()
    prepared.add(key(1), Plan(b"plan 1"))

    prepared.forget(key(1))
    prepared.forget(key(2))

    assert prepared.find(key(1)) is None
    assert prepared.is_due(key(1))
    assert not prepared.is_due(key(2))
    assert prepared.surplus == [b"plan 1"]


def test_names_that_the_server_has_forgotten_are_not_deallocated() -> None:
    prepared = Prepared(most=1)
    prepared.add(key(1), Plan(b"plan 1"))
    prepared.add(key(2), Plan(b"plan 2"))

    prepared.forget_all()

    assert prepared.find(key(2)) is None
    assert prepared.surplus == []


def test_no_name_is_given_twice() -> None:
    both = [Prepared(), Prepared()]

    names = [prepared.make_name() for prepared in both for _ in range(3)]

    assert len(set(names)) == 6
    assert all(name.decode().isidentifier() and len(name) < 63 for name in names)
