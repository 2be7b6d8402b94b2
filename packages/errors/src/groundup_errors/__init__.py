"""Errors that know how to be answered, and logs that say what happened.

exceptions, facts            errors with a status, and what is read of those of others
redact, context              what must not be in a log, and what must be
responses                    answers: problem details, pages, text
way, debugpage               the page for developers, and the way of a request on it
handlers, boundary           from an exception to its answer
formatters                   records as lines of JSON or text
sinks, direct, logs          where lines go, the short way there, and setting both up
requestlog                   one line for each request
"""

from groundup_errors.boundary import answer_error, error_boundary
from groundup_errors.context import (
    ContextFilter,
    bind,
    carry,
    count,
    counting,
    current_context,
    log_context,
)
from groundup_errors.debugpage import debug_response
from groundup_errors.exceptions import (
    ApplicationError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    GoneError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    ValidationError,
)
from groundup_errors.facts import one_line
from groundup_errors.formatters import ConsoleFormatter, JSONFormatter
from groundup_errors.handlers import ErrorHandler, ErrorHandlers
from groundup_errors.logs import Logging, configure_logging
from groundup_errors.redact import is_secret_key, redact, redact_text
from groundup_errors.requestlog import request_log
from groundup_errors.responses import default_response, problem
from groundup_errors.way import Way

__all__ = [
    "ApplicationError",
    "BadRequestError",
    "ConflictError",
    "ConsoleFormatter",
    "ContextFilter",
    "ErrorHandler",
    "ErrorHandlers",
    "ForbiddenError",
    "GoneError",
    "JSONFormatter",
    "Logging",
    "MethodNotAllowedError",
    "NotFoundError",
    "PayloadTooLargeError",
    "ServiceUnavailableError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "Way",
    "answer_error",
    "bind",
    "carry",
    "configure_logging",
    "count",
    "counting",
    "current_context",
    "debug_response",
    "default_response",
    "error_boundary",
    "is_secret_key",
    "log_context",
    "one_line",
    "problem",
    "redact",
    "redact_text",
    "request_log",
]
