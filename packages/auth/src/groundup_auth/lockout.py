"""Slow down guessing without giving anybody the power to lock somebody else out.

Three counters for each log-in, because each alone can be gone around:

    account + source   5 free, then 1 s … 15 min    guessing one account from one place
    source            50 free, then 1 s … 15 min    one password on many accounts
    account          100 free, then 1 s … 1 min     one account from a thousand places

The third is the dangerous one: an attacker could hold it at its wait for ever.  So the wait is
short, and it does not count for a source from which the account was entered before: the owner at
home never notices.  From a new place there is the reset by mail, which makes the place trusted.

A *source* is whatever the caller passes: mostly the client's address, where the /64 of an IPv6
address is one source, since every customer has so many; or a cookie that marks the device.
"""

import hashlib
import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from groundup_auth.attempts import AttemptStore, Charge, Rule
from groundup_auth.errors import TooManyAttempts

__all__ = ["Attempt", "Lockout", "LockoutRules", "name_source"]

TRUSTED_FOR = 90 * 86400
IPV6_CUSTOMER = 64

# free attempts, first wait, longest wait, memory; in seconds
PAIR = Rule(5, 1, 900, 3600)
SOURCE = Rule(50, 1, 900, 3600)
ACCOUNT = Rule(100, 1, 60, 3600)
NOWHERE = Rule(5, 1, 60, 3600)
CODE = Rule(10, 30, 900, 86400)
VISITOR = Rule(20, 60, 3600, 7200)
RESET = Rule(3, 60, 900, 3600)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LockoutRules:
    """The limits, each a ``Rule(free, first, cap, window)`` in attempts and seconds."""

    pair: Rule = PAIR
    """Log-ins on one account from one source."""
    source: Rule = SOURCE
    """Log-ins from one source, on any account."""
    account: Rule = ACCOUNT
    """Log-ins on one account from sources that are not trusted."""
    nowhere: Rule = NOWHERE
    """Log-ins on one account when no source is given: the owner waits with the attacker."""
    code: Rule = CODE
    """Wrong codes of a second factor, which only who has the password can send."""
    visitor: Rule = VISITOR
    """Registrations, or resets asked for, from one source."""
    reset: Rule = RESET
    """Resets asked for one address.  The cap must be below the lifetime of a reset token: then the
    owner always holds a mail that works, whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was let in, to be settled by how it ended; a failure needs no settling."""

    store: AttemptStore
    own: str
    shared: Sequence[str]

    def refund(self) -> None:
        """It was no failure, and no success yet."""
        self.store.refund([self.own, *self.shared])

    def succeed(self) -> None:
        """It was a success: a clean slate here, and one failure less where others count too."""
        self.store.forget(self.own)
        self.store.refund(self.shared)


class Lockout:
    """Decide which attempts may go on.  May be shared between threads.

    >>> from groundup_auth.attempts import MemoryAttempts
    >>> lockout = Lockout(MemoryAttempts(), LockoutRules(pair=Rule(1, 60, 900, 3600)))
    >>> for _ in range(3):
    ...     attempt = lockout.log_in("alice@example.com", "192.0.2.1")
    Traceback (most recent call last):
    groundup_auth.errors.TooManyAttempts: too many attempts: try again in 60 seconds
    """

    def __init__(self, store: AttemptStore, rules: LockoutRules | None = None) -> None:
        self._store = store
        self._rules = rules or LockoutRules()

    def log_in(self, account: str, source: str | None) -> Attempt:
        """Begin a log-in on an account, known or not.

        Raises:
            TooManyAttempts: Wait first.
        """
        if source is None:
            return self._begin(Charge(name_key("pair", account, ""), self._rules.nowhere))
        place = name_source(source)
        shared = [Charge(name_key("source", place), self._rules.source)]
        if not self._is_trusted(account, source):
            shared.append(Charge(name_key("account", account), self._rules.account))
        return self._begin(Charge(name_key("pair", account, place), self._rules.pair), *shared)

    def code(self, user_id: int, account: str, source: str | None) -> Attempt:
        """Begin to check a second factor, after the password was right.

        A trusted source has a counter of its own: a thief of the password cannot fill it.
        """
        place = name_source(source) if self._is_trusted(account, source) else ""
        return self._begin(Charge(name_key("code", str(user_id), place), self._rules.code))

    def confirm(self, user_id: int) -> Attempt:
        """Begin to check a password, or the first code, of someone who is logged in."""
        return self._begin(Charge(name_key("confirm", str(user_id)), self._rules.pair))

    def register(self, source: str | None) -> None:
        """Count a registration, if it is known where it comes from."""
        if source is not None:
            self._begin(Charge(name_key("register", name_source(source)), self._rules.visitor))

    def reset(self, address: str, source: str | None) -> None:
        """Count a reset that is asked for."""
        shared = []
        if source is not None:
            shared = [Charge(name_key("resets", name_source(source)), self._rules.visitor)]
        self._begin(Charge(name_key("reset", address), self._rules.reset), *shared)

    def welcome(self, account: str, source: str | None) -> None:
        """Trust a source with an account, and forget what failed there."""
        place = name_source(source)
        self._store.forget(name_key("pair", account, place))
        if source is not None:
            self._store.trust(name_key("trust", account, place), TRUSTED_FOR)

    def _is_trusted(self, account: str, source: str | None) -> bool:
        place = name_source(source)
        return source is not None and self._store.is_trusted(name_key("trust", account, place))

    def _begin(self, own: Charge, *shared: Charge) -> Attempt:
        wait = self._store.begin([own, *shared])
        if wait > 0:
            logger.warning("too many attempts: %s", own.key)
            raise TooManyAttempts(wait)
        return Attempt(self._store, own.key, [charge.key for charge in shared])


def name_source(source: str | None) -> str:
    """Return the name of the place that an attempt comes from.

    >>> name_source("2001:db8::1") == name_source("2001:db8::2")
    True
    >>> name_source("::ffff:192.0.2.1"), name_source(None)
    ('192.0.2.1', '')
    """
    try:
        address = ipaddress.ip_address(source or "")
    except ValueError:
        return source or ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_CUSTOMER), strict=False))


def name_key(kind: str, *parts: str) -> str:
    """Return a key of a fixed length, whatever strangers put into the parts."""
    joined = "\0".join(f"{len(part)}:{part}" for part in parts)
    return f"{kind}:{hashlib.sha256(joined.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
