"""groundup_auth.store: the Protocol, held by every store of the package."""

from groundup_auth import PostgreSQLStore, SQLiteStore, UserStore
from groundup_auth.factors import FactorStore
from groundup_auth.resets import ResetStore
from groundup_auth.sessions import SessionStore
from groundup_auth.users import AccountStore


def test_every_store_has_every_method() -> None:
    wanted = {
        name
        for protocol in (AccountStore, SessionStore, ResetStore, FactorStore)
        for name in vars(protocol)
        if not name.startswith("_")
    }

    assert len(wanted) == 22
    for store in (UserStore, SQLiteStore, PostgreSQLStore):
        assert wanted <= set(dir(store))
