"""Bring e-mail addresses and usernames to one form: RFC 5321, RFC 6531 and UAX #15.

    "  Alice@Example.COM "  ─► shown   Alice@example.com
                            ─► key     alice@example.com     unique, used to look up

What a person typed is kept to be shown and written to; the *key* decides who is who.  Two texts
that look alike to Unicode (``ﬁ`` and ``fi``, ``K`` and the Kelvin sign) have the same key, so
nobody can register the twin of a name.  The other half of that rule is in the reset: mail goes to
the address that is stored, never to the one that was typed.
"""

import re
import unicodedata
from typing import NamedTuple

from groundup_auth.errors import InvalidEmail, InvalidUsername

__all__ = ["Identifier", "parse_email", "parse_identifier", "parse_username"]

MAX_EMAIL = 254  # octets: RFC 5321, 4.5.3.1.3, less the angle brackets (erratum 1690)
MAX_LOCAL = 64  # octets: RFC 5321, 4.5.3.1.1
MAX_DOMAIN = 253
MAX_USERNAME = 64  # characters, after normalisation: U+FDFA alone becomes eighteen

# Dot-string of RFC 5321, 4.1.2, with the letters of RFC 6531.  Quoted local parts are legal and
# used by nobody but testers, and a space or a quote in an address is trouble in every next program.
LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
# Old and new IDNA send these to different domains, and so the mail to different people.
AMBIGUOUS = frozenset("ß\u1e9eς\u200c\u200d")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Identifier(NamedTuple):
    """A name of an account: how it is written, and what is compared."""

    shown: str
    key: str


def fold(text: str) -> str:
    """Return the form that texts which mean the same have in common: NFKC_Casefold of UAX #15."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def parse_email(text: str) -> Identifier:
    """Check an e-mail address and bring it to its forms.

    Raises:
        InvalidEmail: It is none.

    >>> parse_email(" Alice@Example.COM")
    Identifier(shown='Alice@example.com', key='alice@example.com')
    >>> parse_email("josé@bücher.example").key
    'josé@xn--bcher-kva.example'
    """
    text = text.strip()
    if len(text) > MAX_EMAIL:
        raise InvalidEmail(f"e-mail address must have at most {MAX_EMAIL} bytes, got {len(text)}")
    local, at, domain = unicodedata.normalize("NFC", text).rpartition("@")
    if not at or not LOCAL.fullmatch(local):
        raise InvalidEmail(f"e-mail address must look like name@example.com, got {text!r:.40}")
    domain = parse_domain(domain)
    key = fold(local)
    if not LOCAL.fullmatch(key):  # U+2024, one dot leader, becomes a dot
        raise InvalidEmail(f"e-mail address must not have characters like these, got {text!r:.40}")
    if octets(local) > MAX_LOCAL or octets(f"{key}@{domain}") > MAX_EMAIL:
        raise InvalidEmail(
            f"e-mail address must have at most {MAX_LOCAL} bytes before the @ "
            f"and {MAX_EMAIL} in all, got {text!r:.40}"
        )
    return Identifier(f"{local}@{domain}", f"{key}@{domain}")


def parse_domain(text: str) -> str:
    """Return a domain in lower case and ASCII."""
    if not AMBIGUOUS.isdisjoint(text):
        raise InvalidEmail(f"domain must be written in its xn-- form, got {text!r:.40}")
    try:
        domain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    # The last label of a public name is never a number, and one label alone is a local machine.
    known = labels == ["localhost"] or (len(labels) > 1 and not labels[-1].isdigit())
    if not known or len(domain) > MAX_DOMAIN or not all(map(LABEL.fullmatch, labels)):
        raise InvalidEmail(f"e-mail address must end with a domain name, got {text!r:.40}")
    return domain


def parse_username(text: str) -> Identifier:
    r"""Check a username and bring it to its forms.

    Letters, digits and marks of any script, and ``. _ -`` between them.  Never an ``@``, so that
    nobody's name is another's address.

    Raises:
        InvalidUsername: It cannot be one.

    >>> parse_username("\N{FULLWIDTH LATIN CAPITAL LETTER S}traße")
    Identifier(shown='Straße', key='strasse')
    """
    shown = unicodedata.normalize("NFKC", text[: MAX_USERNAME * 4].strip())
    key = fold(shown)
    if not key or len(shown) > MAX_USERNAME or len(key) > MAX_USERNAME:
        raise InvalidUsername(f"username must have 1 to {MAX_USERNAME} characters, got {len(text)}")
    begins = unicodedata.category(key[0])[0] in "LN"
    if not begins or key[-1] in "._-" or not all(map(is_name_character, key)):
        raise InvalidUsername(
            f"username must be letters and digits, with . _ - only between them, got {text!r:.40}"
        )
    return Identifier(shown, key)


def is_name_character(character: str) -> bool:
    """Return whether a character can be part of a username."""
    return character in "._-" or unicodedata.category(character)[0] in "LNM"


def parse_identifier(text: str) -> Identifier:
    """Return an address, or a username if there is no ``@`` in the text."""
    return parse_email(text) if "@" in text else parse_username(text)


def octets(text: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(text.encode())
