r"""Take secrets out of what is about to be logged or shown.

By key, in mappings, extra fields and local variables; by pattern, in text:

    {"password": "x", "userToken": "y"}     {"password": "***", "userToken": "***"}
    token=abc&page=2                        token=***&page=2
    Authorization: Bearer abc.def           Authorization: ***
    postgresql://me:secret@host/db          postgresql://me:***@host/db
    eyJhbGciOiJIUzI1NiJ9.eyJz….c2ln         ***

A key is secret when one of its words is: ``api_key``, ``X-Api-Key`` and ``apiKey`` are one key, and
``tokenizer`` is none.  This is a net below the rope: it catches what somebody forgot, and it cannot
know that ``"hunter2"`` is a password.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from groundup_errors.facts import is_group, is_mapping

__all__ = ["MASK", "is_secret_key", "redact", "redact_text"]

MASK = "***"
MAX_DEPTH = 6
MAX_ITEMS = 100

# fmt: off
SECRET_WORDS = frozenset({
    "password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens", "jwt",
    "authorization", "cookie", "cookies", "credential", "credentials", "csrf", "xsrf", "otp",
    "totp", "cvv", "cvc", "ssn", "sessionid", "apikey", "privatekey", "secretkey", "accesskey",
    "authkey", "signature",
})
# fmt: on
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# Text is searched for these first: most lines have none, and then nothing else is done.  Plain
# searches in lower case take a fifth of the time of one regular expression that ignores case.
HINTS = (
    "passw", "passphrase", "pwd", "secret", "token", "api", "authorization", "cookie",
    "credential", "bearer", "basic", "://", "eyj",
)  # fmt: skip
SHORTEST = 5  # characters that a name with a secret has: "pwd=x"
PAIR = re.compile(
    r"((?:passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|credentials?)[\w-]{0,32}"
    r"['\"]?\s{0,4}[=:]\s{0,4})(\"[^\"]{0,4096}\"?|'[^']{0,4096}'?|[^\s&,;\"'}\])]+)",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"((?:authorization|cookie)['\"]?\s{0,4}[=:]\s{0,4})(['\"]?)([^\r\n'\"]+)", re.IGNORECASE
)
SCHEME = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*", re.IGNORECASE)
ADDRESS = re.compile(r"(://[^\s:/?#@]{0,256}:)[^\s/?#@]{1,256}@")
JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]{4,}\.[\w-]*")


@lru_cache(1024)
def is_secret_key(key: object) -> bool:
    """Return whether the value under a key is nobody's business.

    >>> [
    ...     is_secret_key(key)
    ...     for key in ("password", "X-Api-Key", "accessToken", "keyboard", "passport")
    ... ]
    [True, True, True, False, False]
    """
    if not isinstance(key, str):
        return False
    words = [word.lower() for word in WORD.findall(key[:200])]
    if not SECRET_WORDS.isdisjoint(words):
        return True
    return any(first + second in SECRET_WORDS for first, second in pairwise(words))


def redact_text(text: str) -> str:
    """Return text without what looks like a secret.

    >>> redact_text("login failed for bob with password=hunter2")
    'login failed for bob with password=***'
    """
    # All patterns but two need an equals sign or a colon, and none is in a single word: so most
    # texts are done after three searches for a sign instead of one for each hint.
    if text.isalnum() or len(text) < SHORTEST:
        return text
    if "=" in text or ":" in text:
        lowered = text.lower()
        for hint in HINTS:
            if hint in lowered:
                return mask(text)
    elif "eyJ" in text or "bearer" in (lowered := text.lower()) or "basic" in lowered:
        return mask(text)
    return text


def mask(text: str) -> str:
    """Return text with every secret masked that the patterns find."""
    text = JWT.sub(MASK, text)
    text = FIELD.sub(rf"\1\2{MASK}", text)
    text = SCHEME.sub(rf"\1 {MASK}", text)
    text = ADDRESS.sub(rf"\1{MASK}@", text)
    return PAIR.sub(rf"\1{MASK}", text)


def redact(value: Any, depth: int = 0) -> Any:
    """Return a copy of data without secrets; what is no data comes back as it is.

    >>> redact({"user": "bob", "login": {"password": "x"}})
    {'user': 'bob', 'login': {'password': '***'}}
    """
    if isinstance(value, str):
        return redact_text(value)
    if depth > MAX_DEPTH:
        return "…"
    if is_mapping(value):
        pairs = list(value.items())[:MAX_ITEMS]
        return {key: MASK if is_secret_key(key) else redact(item, depth + 1) for key, item in pairs}
    if is_group(value):
        return [redact(item, depth + 1) for item in list(value)[:MAX_ITEMS]]
    return value
