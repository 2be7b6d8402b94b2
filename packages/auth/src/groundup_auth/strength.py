"""Decide which passwords are too weak: NIST SP 800-63B, section 3.1.1.2.

Length, and a list of what everybody tries first, are what helps.  Rules like "one digit, one sign"
are not here on purpose: they make people write ``Password1!``, and NIST forbids them.

    password ─► lower case, 0→o @→a $→s … ─► long enough?  in the list?  a row of keys?
                                             the address or the name with something added?
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from groundup_auth.errors import ConfigurationError, WeakPassword
from groundup_auth.identifiers import fold
from groundup_auth.passwords import MAX_PASSWORD

__all__ = ["PasswordPolicy", "common_passwords"]

LEET = str.maketrans("04@138$5!7", "oaaiebssit")
PARTS = re.compile(r"[\W_]+")
KEYBOARD = ("1234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm",
            "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujmik")  # fmt: skip
MIN_PART = 4  # "bob" is in too many words
MIN_OWN = 8  # characters that must be left without the name
MIN_DISTINCT = 4
MAX_PERIOD = 4


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are tried first, in lower case.  Reads the package's data file."""
    from importlib import resources  # noqa: PLC0415 - costs time to import, and is used once

    text = resources.files("groundup_auth").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("# "))


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Which passwords are accepted.  May be shared between threads and tasks.

    Args:
        min_length: Characters, after normalisation.
        words: What else must not be the greater part of a password: the name of the site.
        common: Passwords to refuse, in lower case, in place of the list in the package.

    >>> policy = PasswordPolicy()
    >>> policy.problems("Pass123!", email="alice@example.com")
    ()
    >>> policy.problems("P@ssw0rd")
    ('password is one of those that are tried first',)
    """

    min_length: int = 8
    words: tuple[str, ...] = ()
    common: frozenset[str] = field(default_factory=common_passwords, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.min_length <= MAX_PASSWORD:
            raise ConfigurationError(
                f"min_length must be from 1 to {MAX_PASSWORD}, got {self.min_length}"
            )

    def problems(
        self, password: str, *, email: str = "", username: str | None = None
    ) -> tuple[str, ...]:
        """Return one sentence for each reason to refuse a password, none if it is good."""
        if len(password) > MAX_PASSWORD:
            return (f"password must have at most {MAX_PASSWORD} characters, got {len(password)}",)
        normal = unicodedata.normalize("NFKC", password)
        folded = fold(password)
        found: list[str] = []
        if len(normal) < self.min_length:
            found.append(
                f"password must have at least {self.min_length} characters, got {len(normal)}"
            )
        if any("\ud800" <= character <= "\udfff" for character in normal):
            found.append("password must be text that can be written in UTF-8")
        if self._is_common(folded):
            found.append("password is one of those that are tried first")
        if is_pattern(folded):
            found.append("password must be more than a row of keys or a repetition")
        if is_similar(folded, [email, *PARTS.split(email), username or "", *self.words]):
            found.append("password is too similar to the e-mail address, the name or the site")
        return tuple(found)

    def require(self, password: str, *, email: str = "", username: str | None = None) -> None:
        """Accept a password.

        Raises:
            WeakPassword: It has problems.
        """
        if problems := self.problems(password, email=email, username=username):
            raise WeakPassword(problems)

    def _is_common(self, folded: str) -> bool:
        return not self.common.isdisjoint((folded, folded[::-1], folded.translate(LEET)))


def is_pattern(text: str) -> bool:
    """Return whether a text is one step repeated, one piece repeated, or a row of keys.

    >>> [is_pattern(text) for text in ("aaaaaaaa", "abcdefgh", "98765432", "abcabcabc", "qwertyui")]
    [True, True, True, True, True]
    """
    if len(set(text)) < MIN_DISTINCT:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    if len(steps) == 1 and steps <= {1, -1}:
        return True
    if any(text[period:] == text[:-period] for period in range(1, min(MAX_PERIOD + 1, len(text)))):
        return True
    return any(text in row or text[::-1] in row for row in KEYBOARD)


def is_similar(text: str, names: Iterable[str]) -> bool:
    """Return whether a text is mostly one of the names.

    Takes the name out, read forwards or backwards: what is left must be a password of its own.
    Linear in the length of the text; similarity by edit distance is not, and was an attack.
    """
    plain = text.translate(LEET)
    for name in names:
        part = fold(name).translate(LEET)
        if len(part) < MIN_PART:
            continue
        for form in (part, part[::-1]):
            if form in plain and len(plain.replace(form, "")) < MIN_OWN:
                return True
            if plain in form:
                return True
    return False
