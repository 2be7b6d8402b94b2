"""Server-side sessions in memory, files or Redis, with CSRF tokens and flash messages."""

from groundup_sessions.csrf import check_csrf, csrf_middleware, csrf_token
from groundup_sessions.errors import (
    ConfigurationError,
    CSRFError,
    InvalidValue,
    SessionBackendError,
    SessionError,
    SessionExpired,
    SessionTooLarge,
    UnknownSession,
)
from groundup_sessions.files import FileStore
from groundup_sessions.flash import Flash
from groundup_sessions.manager import SessionManager
from groundup_sessions.memory import MemoryStore
from groundup_sessions.middleware import session_middleware
from groundup_sessions.redis import RedisStore
from groundup_sessions.session import Session
from groundup_sessions.store import Moment, SessionStore
from groundup_sessions.values import SessionLimits

__all__ = [
    "CSRFError",
    "ConfigurationError",
    "FileStore",
    "Flash",
    "InvalidValue",
    "MemoryStore",
    "Moment",
    "RedisStore",
    "Session",
    "SessionBackendError",
    "SessionError",
    "SessionExpired",
    "SessionLimits",
    "SessionManager",
    "SessionStore",
    "SessionTooLarge",
    "UnknownSession",
    "check_csrf",
    "csrf_middleware",
    "csrf_token",
    "session_middleware",
]
