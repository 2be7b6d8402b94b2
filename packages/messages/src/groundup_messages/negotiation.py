"""Choose what the client likes best: RFC 9110, section 12.5.

    Accept: text/html, application/json;q=0.9, */*;q=0.1

The more exactly a range names a type, the more it counts for that type; q=0 says "not this".
Between types that the client likes alike the server's order decides.
"""

from collections.abc import Sequence

from groundup_httpparse import parse_parameters, parse_qualities

__all__ = ["choose_media_type"]


def choose_media_type(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that the client likes best, or None when it takes none of them.

    >>> choose_media_type("text/*;q=0.5, application/json", ["text/html", "application/json"])
    'application/json'
    >>> choose_media_type(None, ["text/html"]), choose_media_type("image/png", ["text/html"])
    ('text/html', None)
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    ranges = [(_split_range(media), quality) for media, quality in parse_qualities(accept)]
    best, best_quality = None, 0.0
    for offer in offers:
        quality = _quality(_split_range(offer), ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


Range = tuple[str, str, frozenset[tuple[str, str]]]


def _split_range(text: str) -> Range:
    media, parameters = parse_parameters(text)
    kind, _, subtype = media.lower().partition("/")
    return kind, subtype, frozenset((name, value.lower()) for name, value in parameters.items())


def _quality(offer: Range, ranges: list[tuple[Range, float]]) -> float:
    """Return the quality of the most exact range that an offer lies in."""
    exactness, found = -1, 0.0
    for wanted, quality in ranges:
        score = _exactness(offer, wanted)
        if score > exactness:
            exactness, found = score, quality
    return found


def _exactness(offer: Range, wanted: Range) -> int:
    """Return how exactly a range names an offer, or -1 when it does not."""
    if wanted[:2] == ("*", "*"):
        return 0
    if wanted[0] != offer[0] or wanted[1] not in {"*", offer[1]} or not wanted[2] <= offer[2]:
        return -1
    return 1 if wanted[1] == "*" else 2 + len(wanted[2])
