"""Registration, log-in, tokens, resets, lockout and two-factor authentication.

``AuthenticationSystem`` is the whole; every part of it can be used alone, and replaced.
"""

from groundup_auth.attempts import AttemptStore, Charge, MemoryAttempts, Rule
from groundup_auth.errors import (
    AlreadyRegistered,
    AuthError,
    BackendUnavailable,
    ConfigurationError,
    InvalidCode,
    InvalidCredentials,
    InvalidEmail,
    InvalidReset,
    InvalidUsername,
    SecondFactorError,
    SecondFactorRequired,
    TokenError,
    TokenExpired,
    TokenReused,
    TokenRevoked,
    TooManyAttempts,
    Unauthenticated,
    UnknownUser,
    WeakPassword,
)
from groundup_auth.factors import Enrolment
from groundup_auth.identifiers import Identifier, parse_email, parse_username
from groundup_auth.lockout import LockoutRules
from groundup_auth.mail import ConsoleMailer, FileMailer, Mailer, MemoryMailer, Message
from groundup_auth.middleware import authentication_middleware, login_required, require_user
from groundup_auth.passwords import PasswordHasher
from groundup_auth.postgresql import PostgreSQLStore
from groundup_auth.redis import RedisAttempts
from groundup_auth.settings import AuthSettings
from groundup_auth.smtp import BackgroundMailer, SMTPMailer
from groundup_auth.sqlite import SQLiteStore
from groundup_auth.store import UserStore
from groundup_auth.strength import PasswordPolicy
from groundup_auth.system import AuthenticationSystem
from groundup_auth.tokens import TokenPair, TokenSigner
from groundup_auth.totp import totp_code
from groundup_auth.users import Account, User

__all__ = [
    "Account",
    "AlreadyRegistered",
    "AttemptStore",
    "AuthError",
    "AuthSettings",
    "AuthenticationSystem",
    "BackendUnavailable",
    "BackgroundMailer",
    "Charge",
    "ConfigurationError",
    "ConsoleMailer",
    "Enrolment",
    "FileMailer",
    "Identifier",
    "InvalidCode",
    "InvalidCredentials",
    "InvalidEmail",
    "InvalidReset",
    "InvalidUsername",
    "LockoutRules",
    "Mailer",
    "MemoryAttempts",
    "MemoryMailer",
    "Message",
    "PasswordHasher",
    "PasswordPolicy",
    "PostgreSQLStore",
    "RedisAttempts",
    "Rule",
    "SMTPMailer",
    "SQLiteStore",
    "SecondFactorError",
    "SecondFactorRequired",
    "TokenError",
    "TokenExpired",
    "TokenPair",
    "TokenReused",
    "TokenRevoked",
    "TokenSigner",
    "TooManyAttempts",
    "Unauthenticated",
    "UnknownUser",
    "User",
    "UserStore",
    "WeakPassword",
    "authentication_middleware",
    "login_required",
    "parse_email",
    "parse_username",
    "require_user",
    "totp_code",
]
