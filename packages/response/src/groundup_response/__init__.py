"""An HTTP response builder: status, fields, cookies, body, and the exact bytes.

status, dates, cookies, disposition    the vocabulary: text in, text out
body, files, closing                   what may be sent, and has to be closed
serialize                              the head, and how the body is framed
response                               the object that joins them
"""

from groundup_response.body import Body, BodyInput, LengthGuard, encode_piece
from groundup_response.cookies import format_cookie
from groundup_response.dates import current_date, http_date, parse_http_date
from groundup_response.disposition import content_disposition
from groundup_response.errors import BodyError, CookieError, ResponseError
from groundup_response.files import FileBody
from groundup_response.response import HeadersInput, Response
from groundup_response.serialize import LAST_CHUNK, Framing, encode_chunk, serialize_head
from groundup_response.status import reason_phrase

__all__ = [
    "LAST_CHUNK",
    "Body",
    "BodyError",
    "BodyInput",
    "CookieError",
    "FileBody",
    "Framing",
    "HeadersInput",
    "LengthGuard",
    "Response",
    "ResponseError",
    "content_disposition",
    "current_date",
    "encode_chunk",
    "encode_piece",
    "format_cookie",
    "http_date",
    "parse_http_date",
    "reason_phrase",
    "serialize_head",
]
