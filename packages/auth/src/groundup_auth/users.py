"""What is known about a user, and what is asked of a store of them.

    User      what everybody may see: id, email, username       goes to handlers and templates
    Account   what only this package sees: the hash, the secret of the second factor

Two classes, so that no template and no log can show a hash by accident.
"""

from dataclasses import dataclass, field
from typing import Protocol

from groundup_auth.identifiers import Identifier

__all__ = ["Account", "AccountStore", "User"]


@dataclass(frozen=True, slots=True)
class User:
    """Someone who is registered.  Immutable: may be shared between threads and tasks."""

    id: int
    email: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the credentials.

    ``epoch`` counts the changes of credentials.  Checking a password takes long, and what was
    true before it need not be true after it: writes name the epoch they were decided in.
    """

    user: User
    epoch: int
    password_hash: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    totp_pending: str | None = field(default=None, repr=False)


class AccountStore(Protocol):
    """Who is registered.  Every method is atomic, and may be called from any thread."""

    def add_user(
        self, email: Identifier, username: Identifier | None, password_hash: str, /
    ) -> int:
        """Add a user and return the id: positive, and never given again.

        Raises:
            AlreadyRegistered: The key of the address, or of the name, is there.
        """
        ...

    def find_account(self, user_id: int, /) -> Account | None:
        """Return the account with this id."""
        ...

    def find_by_email(self, key: str, /) -> Account | None:
        """Return the account whose address has this key."""
        ...

    def find_by_username(self, key: str, /) -> Account | None:
        """Return the account whose username has this key."""
        ...

    def upgrade_hash(self, user_id: int, old: str, new: str, /) -> bool:
        """Replace the hash of an unchanged password, if it is still the old one."""
        ...

    def set_password(
        self, user_id: int, password_hash: str, /, *, epoch: int, keep: str | None = None
    ) -> bool:
        """Store the hash of a new password, if the epoch is still this one, and begin the next.

        Ends every session but ``keep``, and forgets every reset token.
        """
        ...

    def delete_user(self, user_id: int, /) -> bool:
        """Remove a user with all that belongs to it; return whether there was one."""
        ...
