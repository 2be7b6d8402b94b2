"""Status codes and their reason phrases: RFC 9110, section 15, and the IANA registry.

    HTTP/1.1 404 Not Found
             --- ---------
              |  reason phrase: for people, no client decides by it
              three digits: what clients decide by

The table is written out, and not taken from ``http.HTTPStatus``, because that one keeps the
phrases of RFC 7231 on older Pythons (413 was renamed to "Content Too Large").  A code that the
table does not know goes out with an empty phrase, which the grammar allows.
"""

from functools import lru_cache

from groundup_response.errors import ResponseError

__all__ = [
    "REASONS",
    "check_status",
    "forbids_content",
    "is_interim",
    "is_success",
    "reason_phrase",
    "status_line",
]

REASONS: dict[int, str] = {
    100: "Continue",
    101: "Switching Protocols",
    102: "Processing",
    103: "Early Hints",
    200: "OK",
    201: "Created",
    202: "Accepted",
    203: "Non-Authoritative Information",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    207: "Multi-Status",
    208: "Already Reported",
    226: "IM Used",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    305: "Use Proxy",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    418: "I'm a Teapot",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    506: "Variant Also Negotiates",
    507: "Insufficient Storage",
    508: "Loop Detected",
    510: "Not Extended",
    511: "Network Authentication Required",
}

OK, MULTIPLE_CHOICES = 200, 300
LOWEST, HIGHEST = 100, 999  # what three digits on the wire can say


def check_status(status: int) -> int:
    """Return a status as a plain int.

    >>> from http import HTTPStatus
    >>> check_status(HTTPStatus.NOT_FOUND)
    404

    Raises:
        TypeError: It is no integer.
        ResponseError: It has not three digits, so it could not be written.
    """
    if isinstance(status, bool) or not isinstance(status, int):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without types
        raise TypeError(f"status must be an int such as 200, got {status!r}")
    if not LOWEST <= status <= HIGHEST:
        raise ResponseError(f"status must have three digits, 100 to 999, got {int(status)}")
    return int(status)


def reason_phrase(status: int) -> str:
    """Return the registered phrase of a status, or "" when there is none.

    >>> reason_phrase(404), reason_phrase(299)
    ('Not Found', '')
    """
    return REASONS.get(status, "")


def is_interim(status: int) -> bool:
    """Whether a status announces that the answer is still to come: 1xx."""
    return status < OK


def is_success(status: int) -> bool:
    """Whether a status says that the request was done: 2xx."""
    return OK <= status < MULTIPLE_CHOICES


def forbids_content(status: int) -> bool:
    """Whether a response with this status never has content: RFC 9110, section 6.4.1, and 205."""
    return status < OK or status in {204, 205, 304}


@lru_cache(maxsize=1000)  # all that check_status lets through
def status_line(status: int) -> bytes:
    r"""Return the first line of a response: RFC 9112, section 4.

    The version is always ours and not the client's: RFC 9110, section 6.2.

    >>> status_line(299)
    b'HTTP/1.1 299 \r\n'
    """
    return f"HTTP/1.1 {status} {reason_phrase(status)}\r\n".encode("ascii")
