"""Give an account a second factor, and check it: an app's codes, or a recovery code.

    begin ─► secret, QR code ─► confirm with a code ─► ten recovery codes, shown once
    (nothing changes yet)       (the app has it: now log-ins ask)

The secret stands in the store as it is: both sides must compute with it.  Recovery codes have 80
random bits, so that a plain hash of them is enough, and each is good once.
"""

import base64
import hashlib
import secrets
import time
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from groundup_auth.errors import InvalidCode, SecondFactorError
from groundup_auth.totp import find_step, format_uri, generate_secret, render_qr
from groundup_auth.users import Account

__all__ = ["Enrolment", "FactorStore", "Factors"]

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
MAX_CODE = 64  # characters


class FactorStore(Protocol):
    """What second factors there are.  Every method is atomic, and may be called from any thread."""

    def begin_totp(self, user_id: int, secret: str, /) -> bool:
        """Remember a secret that is not confirmed, unless a second factor is active."""
        ...

    def activate_totp(
        self,
        user_id: int,
        secret: str,
        /,
        *,
        step: int,
        recovery: Collection[str],
        keep: str | None = None,
    ) -> bool:
        """Make the pending secret the active one, if it is still this one.

        Remembers the step as used, replaces the recovery codes, begins the next epoch, and ends
        every session but ``keep``.
        """
        ...

    def use_totp_step(self, user_id: int, step: int, /) -> bool:
        """Remember a step as used, if it is later than every one before."""
        ...

    def use_recovery_code(self, user_id: int, digest: str, /) -> bool:
        """Take a recovery code, if it is there."""
        ...

    def count_recovery_codes(self, user_id: int, /) -> int:
        """Return how many recovery codes are left."""
        ...

    def replace_recovery_codes(self, user_id: int, recovery: Collection[str], /) -> bool:
        """Forget the recovery codes and remember others, if a second factor is active."""
        ...

    def clear_totp(self, user_id: int, /, *, keep: str | None = None) -> bool:
        """Remove the second factor with its recovery codes; epoch and sessions as above."""
        ...


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that waits to be confirmed: show the QR code, or the secret to be typed."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)

    def qr_svg(self) -> str:
        """Return the URI as a QR code in SVG.  Needs the extra ``qr``."""
        return render_qr(self.uri)


class Factors:
    """Enrol, confirm and check second factors.  May be shared between threads."""

    def __init__(
        self, store: FactorStore, issuer: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._issuer = issuer
        self._clock = clock

    def begin(self, account: Account) -> Enrolment:
        """Return a new secret, which changes nothing until it is confirmed."""
        secret = generate_secret()
        if not self._store.begin_totp(account.user.id, secret):
            raise SecondFactorError("second factor is active: disable it first")
        return Enrolment(secret, format_uri(secret, account.user.email, self._issuer))

    def confirm(self, account: Account, code: str, *, keep: str | None = None) -> tuple[str, ...]:
        """Activate the pending secret with a code of it, and return the recovery codes."""
        if account.totp_pending is None:
            raise SecondFactorError("second factor must be enabled before it is confirmed")
        step = find_step(account.totp_pending, code, self._clock())
        if step is None:
            raise InvalidCode
        codes = generate_recovery_codes()
        activated = self._store.activate_totp(
            account.user.id,
            account.totp_pending,
            step=step,
            recovery=[digest(code) for code in codes],
            keep=keep,
        )
        if not activated:
            raise SecondFactorError("second factor was changed meanwhile: enable it again")
        return codes

    def check(self, account: Account, code: str) -> None:
        """Use a code up: one of the app, or a recovery code.

        Raises:
            InvalidCode: It is wrong, too old, or was used before.
        """
        step = find_step(account.totp_secret or "", code, self._clock())
        if step is not None and self._store.use_totp_step(account.user.id, step):
            return
        if step is None and self._store.use_recovery_code(account.user.id, digest(code)):
            return
        raise InvalidCode

    def renew(self, account: Account) -> tuple[str, ...]:
        """Return new recovery codes; the old ones are void."""
        codes = generate_recovery_codes()
        if not self._store.replace_recovery_codes(account.user.id, [digest(c) for c in codes]):
            raise SecondFactorError("second factor is not active: enable it first")
        return codes

    def remove(self, account: Account, *, keep: str | None = None) -> None:
        """Remove the second factor."""
        if not self._store.clear_totp(account.user.id, keep=keep):
            raise SecondFactorError("second factor is not active")


def generate_recovery_codes() -> tuple[str, ...]:
    """Return ten codes like ``k5qw-7h2d-m3xa-ztef``."""
    raw = [secrets.token_bytes(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    texts = [base64.b32encode(code).decode().lower() for code in raw]
    return tuple("-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in texts)


def digest(code: str) -> str:
    """Return what the store keeps of a recovery code, however it was typed."""
    typed = unicodedata.normalize("NFKC", code[:MAX_CODE]).casefold()
    plain = "".join(character for character in typed if character.isalnum())
    return hashlib.sha256(b"groundup-auth recovery\0" + plain.encode()).hexdigest()
