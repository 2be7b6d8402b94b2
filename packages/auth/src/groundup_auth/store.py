"""All that is asked of a store, in one Protocol; write your own for another database.

``AccountStore`` is in ``users``, ``SessionStore`` in ``sessions``, ``ResetStore`` in ``resets`` and
``FactorStore`` in ``factors``, each beside its use.  Three rules hold for all of them: a method is
one transaction, a condition in it is checked by the database and not before it, and a key is unique
because the database says so.
"""

from typing import Protocol

from groundup_auth.factors import FactorStore
from groundup_auth.resets import ResetStore
from groundup_auth.sessions import SessionStore
from groundup_auth.users import AccountStore

__all__ = ["UserStore"]


class UserStore(AccountStore, SessionStore, ResetStore, FactorStore, Protocol):
    """Accounts, sessions, reset tokens and second factors.  May be shared between threads."""
