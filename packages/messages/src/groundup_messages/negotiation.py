"""Choose what the client likes best: RFC 9110, section 12.5; languages by RFC 4647, section 3.

    Accept: text/html, application/json;q=0.9, */*;q=0.1
    Accept-Language: de-CH, de;q=0.9, en;q=0.5
    Accept-Encoding: br, gzip;q=0.8, identity;q=0

The more exactly an item names an offer, the more it counts for that offer; q=0 says "not this".
Of offers that the client likes alike the one that it names more exactly is chosen (a program that
sends ``application/json, */*`` wants JSON), then the one that the server names first.

An item that makes no sense is left out.  A field of which nothing is left says nothing, as one
that is not there: an answer that the client may not like is better than none.  A field of more
than 4096 characters says nothing either, and only the first 64 items count: no browser sends so
much, and the work for one request has an end.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from groundup_httpparse import is_token, parse_parameters, parse_qualities

__all__ = ["choose_charset", "choose_coding", "choose_language", "choose_media_type"]

MAX_FIELD = 4096  # characters
MAX_ITEMS = 64
MAX_MEMO = 200  # characters: what browsers send is shorter
# How exactly an item names an offer; more than these is better still.
NO_MATCH, ANYTHING, NARROWER, KIND, EXACT = range(-1, 4)
IDENTITY = "identity"
LEAST = 0.0001  # below all that a client can write, and still more than "not this"
LANGUAGE = re.compile(r"[a-z]{1,8}(?:-[0-9a-z]{1,8})*+|\*")
OLD_CODINGS = {"x-gzip": "gzip", "x-compress": "compress"}  # RFC 9110, section 8.4.1

T = TypeVar("T")
Wishes = list[tuple[T, float]]
Range = tuple[str, str, frozenset[tuple[str, str]]]


def choose_media_type(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that the client likes best, or None when it takes none of them.

    >>> choose_media_type("text/*;q=0.5, application/json", ["text/html", "application/json"])
    'application/json'
    >>> choose_media_type(None, ["text/html"]), choose_media_type("image/png", ["text/html"])
    ('text/html', None)
    """
    if accept is None or len(accept) > MAX_MEMO:
        return _choose_media_type(accept, tuple(offers))
    return _remembered(accept, tuple(offers))


def _choose_media_type(accept: str | None, offers: tuple[str, ...]) -> str | None:
    return _choose(_read(accept, _read_range), offers, _split_range, _rate_media_type)


# Browsers send one of few values, with every request.
_remembered = lru_cache(maxsize=256)(_choose_media_type)


def choose_language(accepted: str | None, offers: Sequence[str]) -> str | None:
    """Return the offered language that the client likes best, or None when it names none of them.

    Who asks for ``de`` takes ``de-CH``, and who asks for ``de-CH`` also takes ``de``.

    >>> choose_language("de-CH, en;q=0.5", ["en", "de"]), choose_language("fr", ["en"])
    ('de', None)
    """
    return _choose(_read(accepted, _read_language), offers, str.lower, _rate_language)


def choose_charset(accepted: str | None, offers: Sequence[str]) -> str | None:
    """Return the offered charset that the client likes best, or None when it takes none of them.

    No browser sends this field any more, and whoever reads it should know UTF-8: send that.

    >>> choose_charset("iso-8859-1, utf-8;q=0.7", ["UTF-8", "ISO-8859-1"])
    'ISO-8859-1'
    """
    return _choose(_read(accepted, _read_token), offers, str.lower, _rate_token)


def choose_coding(accepted: str | None, offers: Sequence[str]) -> str | None:
    """Return the offered content coding that the client likes best, or None.

    Unlike the others, a field that is missing or empty does not mean "anything": a client that
    knows no coding does not know the field.  ``identity``, the body as it is, is acceptable unless
    the client refuses it, and liked least when it is not named.

    >>> choose_coding("br;q=0.5, gzip", ["br", "gzip", "identity"])
    'gzip'
    >>> choose_coding(None, ["gzip"]), choose_coding("gzip", ["identity"])
    (None, 'identity')
    """
    wishes = _read(accepted, _read_coding)
    named = dict(reversed(wishes))  # of equals the first one counts
    wishes.append((IDENTITY, 0.0 if named.get("*") == 0.0 else LEAST))
    return _choose(wishes, offers, _rename_coding, _rate_token)


def _read(field: str | None, read: Callable[[str], T | None]) -> Wishes[T]:
    """Return the items of a field that make sense, with their qualities."""
    if field is None or len(field) > MAX_FIELD:
        return []
    return [
        (item, quality)
        for text, quality in parse_qualities(field)[:MAX_ITEMS]
        if (item := read(text)) is not None
    ]


def _choose(
    wishes: Wishes[T],
    offers: Sequence[str],
    read: Callable[[str], T],
    rate: Callable[[T, T], int],
) -> str | None:
    """Return the offer of the highest quality; ``rate`` says how exactly an item names an offer."""
    if not wishes:
        return offers[0] if offers else None
    best, best_rank = None, (0.0, NO_MATCH)
    for offer in offers:
        rank = _rank(read(offer), wishes, rate)
        if rank[0] > 0 and rank > best_rank:
            best, best_rank = offer, rank
    return best


def _rank(offer: T, wishes: Wishes[T], rate: Callable[[T, T], int]) -> tuple[float, int]:
    """Return quality and exactness of the item that names an offer most exactly.

    A narrower item counts only when it is liked: who refuses ``de-CH`` has not refused ``de``.
    """
    exactness, found = NO_MATCH, 0.0
    for wanted, quality in wishes:
        score = rate(wanted, offer)
        if score > exactness and (quality > 0 or score != NARROWER):
            exactness, found = score, quality
    return found, exactness


def _read_range(text: str) -> Range | None:
    kind, subtype, parameters = _split_range(text)
    if (kind, subtype) == ("*", ""):  # as old versions of Java write "*/*"
        return "*", "*", parameters
    makes_sense = is_token(kind) and is_token(subtype) and (kind != "*" or subtype == "*")
    return (kind, subtype, parameters) if makes_sense else None


def _split_range(text: str) -> Range:
    media, parameters = parse_parameters(text)
    kind, _, subtype = media.lower().partition("/")
    return kind, subtype, frozenset((name, value.lower()) for name, value in parameters.items())


def _rate_media_type(wanted: Range, offer: Range) -> int:
    if wanted[:2] == ("*", "*"):
        return ANYTHING
    if wanted[0] != offer[0] or wanted[1] not in {"*", offer[1]}:
        return NO_MATCH
    asked, given = wanted[2], offer[2]
    if not asked <= given:
        # Programs write "application/json;charset=utf-8", and mean any JSON: an offer that does
        # not name its charset fits whatever charset is asked for.
        names = {name for name, _ in given}
        asked = frozenset(pair for pair in asked if pair[0] != "charset" or pair[0] in names)
        if not asked <= given:
            return NO_MATCH
    return KIND if wanted[1] == "*" else EXACT + len(asked)


def _read_language(text: str) -> str | None:
    language = text.lower()
    return language if LANGUAGE.fullmatch(language) else None


def _rate_language(wanted: str, offer: str) -> int:
    if wanted == "*":
        return ANYTHING
    if wanted == offer:
        return EXACT + 2 * wanted.count("-")
    if offer.startswith(f"{wanted}-"):
        return KIND + 2 * wanted.count("-")
    return NARROWER if wanted.startswith(f"{offer}-") else NO_MATCH


def _read_token(text: str) -> str | None:
    return text.lower() if is_token(text) else None


def _read_coding(text: str) -> str | None:
    return _rename_coding(text) if is_token(text) else None


def _rename_coding(text: str) -> str:
    return OLD_CODINGS.get(text.lower(), text.lower())


def _rate_token(wanted: str, offer: str) -> int:
    if wanted == offer:
        return EXACT
    return ANYTHING if wanted == "*" else NO_MATCH
