"""Request and response objects for web applications, decoded on first use.

address, cookies, url, charsets                  the parts of a head
negotiation, conditions                          what the client likes, and what it has
envelope, spool, body, request                   the request: head, body, and both
content, jsonport, events                        what it carries: JSON, files, events
response, upgrade, handler                       the response, and what makes it
"""

from groundup_messages.address import Address
from groundup_messages.body import ArrivedBody
from groundup_messages.conditions import ETag, ETags, RangeCondition
from groundup_messages.cookies import parse_cookies
from groundup_messages.errors import (
    BadEncoding,
    BadForm,
    BadHost,
    BadJSON,
    BadQuery,
    BadRequest,
    BadURL,
    BodyNotRead,
    PayloadTooLarge,
    UnsupportedCharset,
    UnsupportedCoding,
    UnsupportedMediaType,
)
from groundup_messages.events import Event
from groundup_messages.handler import Handler
from groundup_messages.jsonport import use_json_encoder
from groundup_messages.request import Request
from groundup_messages.response import Response
from groundup_messages.upgrade import Upgrade
from groundup_messages.url import URL

__all__ = [
    "URL",
    "Address",
    "ArrivedBody",
    "BadEncoding",
    "BadForm",
    "BadHost",
    "BadJSON",
    "BadQuery",
    "BadRequest",
    "BadURL",
    "BodyNotRead",
    "ETag",
    "ETags",
    "Event",
    "Handler",
    "PayloadTooLarge",
    "RangeCondition",
    "Request",
    "Response",
    "UnsupportedCharset",
    "UnsupportedCoding",
    "UnsupportedMediaType",
    "Upgrade",
    "parse_cookies",
    "use_json_encoder",
]
