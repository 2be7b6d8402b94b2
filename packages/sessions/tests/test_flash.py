"""groundup_sessions.flash: said once, in order, and never too many."""

from typing import Any

from groundup_sessions import Flash, Session, SessionManager
from groundup_sessions.flash import MAX_FLASHES, add_flash, take_flashes


def test_messages_are_taken_once_in_the_order_in_which_they_were_left() -> None:
    session = Session()
    session.flash("Saved.")
    session.flash("Not sent.", "error")

    assert session.flashes() == [Flash("Saved.", "info"), Flash("Not sent.", "error")]
    assert session.flashes() == []


def test_a_message_is_its_text_in_a_template() -> None:
    assert f"{Flash('Saved.', 'info')}" == "Saved."


def test_of_too_many_the_oldest_are_forgotten() -> None:
    session: dict[str, Any] = {"user_id": 42}

    for number in range(MAX_FLASHES + 5):
        add_flash(session, str(number))

    assert [flash.message for flash in take_flashes(session)] == [
        str(number) for number in range(5, MAX_FLASHES + 5)
    ]
    assert session == {"user_id": 42}


def test_two_requests_that_leave_messages_do_not_overwrite_each_other() -> None:
    sessions = SessionManager()
    session_id = sessions.create()
    one, other = sessions.open(session_id), sessions.open(session_id)
    one.flash("one")
    other.flash("other")

    sessions.commit(one)
    sessions.commit(other)

    assert {flash.message for flash in sessions.open(session_id).flashes()} == {"one", "other"}
