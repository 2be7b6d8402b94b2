"""Put the blog together: the one place where its parts meet.

    security headers ─► compression ─► session ─► forged forms ─► who is asking ─► the handlers

The data folder holds everything: database, pictures, sessions, and the key that signs tokens.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from groundup.accounts import DatabaseUserStore
from groundup.application import Application
from groundup.blog.access import identify
from groundup.blog.accounts import AccountPages
from groundup.blog.comments import CommentPages
from groundup.blog.models import Comment, Post
from groundup.blog.pages import PostPages
from groundup.blog.sharing import Shared, make_shared, naming_setting
from groundup.config import Config
from groundup.errors import ConfigError
from groundup.health import add_health_routes
from groundup.metrics import add_metrics
from groundup.sessions import for_requests
from groundup_auth import AuthenticationSystem, AuthSettings
from groundup_compose import proxy_headers, request_id, security_headers, trusted_hosts
from groundup_errors import count, request_log
from groundup_middleware import compression, current_hops
from groundup_orm import Database
from groundup_sessions import csrf_middleware, session_middleware

__all__ = ["create_app"]

HERE = Path(__file__).parent
FOREVER = "public, max-age=31536000, immutable"


def create_app(
    config: Config | None = None, *, auth_settings: AuthSettings | None = None, **parts: Any
) -> Application:
    """Return the blog.

    Args:
        config: The settings; by default those of development.
        auth_settings: How log-ins are held: the cost of a password, life of tokens and so on.
        parts: Replacements for parts of the framework, as for ``Application``.

    Raises:
        ConfigError: The data folder cannot be written, or a setting makes no sense.
    """
    config = config or Config()
    data = prepare_data(config)
    hosts = make_hosts(config)
    shared = make_shared(config, data)
    database, auth = open_database(config, data, shared, auth_settings)
    sessions = parts.pop("sessions", None) or shared.sessions
    app = Application(
        debug=config.debug,
        templates=parts.pop("templates", HERE / "templates"),
        sessions=sessions,
        auth=auth,
        database=database,
        rooms=parts.pop("rooms", shared.rooms),
        max_body=config.max_body,
        course_url=config.course_url or None,
        trusted_proxies=split_proxies(config),
        **parts,
    )
    database.add_listener(lambda _: count("queries"))
    log = request_log(facts={"hops": current_hops}, counts=["queries"])
    for layer in (*hosts, request_id(), log, security_headers(), compression()):
        app.use(layer)
    if config.metrics:
        add_metrics(app)
    for layer in (session_middleware(for_requests(sessions)), csrf_middleware(), identify(auth)):
        app.use(layer)
    PostPages(app, database, data / "uploads").add_routes()
    AccountPages(app, auth, shared.buckets).add_routes()
    CommentPages(app, database, shared.buckets).add_routes()
    add_health_routes(app)
    app.static("/static", HERE / "static")
    app.static("/media", data / "uploads", cache_control=FOREVER)
    app.on_startup(shared.start)
    app.on_shutdown(database.close)
    app.on_shutdown(shared.close)
    app.on_shutdown(auth.close)
    return app


def split_proxies(config: Config) -> list[str]:
    """Return the proxies that the site names, each checked.

    Raises:
        ConfigError: One is neither an address nor a network.
    """
    names = [name.strip() for name in config.trusted_proxies.split(",") if name.strip()]
    with naming_setting("trusted_proxies"):
        proxy_headers(names)
    return names


def make_hosts(config: Config) -> list[Any]:
    """Return the layer that refuses other hosts, if the site names its own.

    Raises:
        ConfigError: What it names are no hosts.
    """
    if config.trusted_hosts == "*":
        return []
    with naming_setting("trusted_hosts"):
        return [trusted_hosts([host.strip() for host in config.trusted_hosts.split(",")])]


def open_database(
    config: Config, data: Path, shared: Shared, settings: AuthSettings | None
) -> tuple[Database, AuthenticationSystem]:
    """Return the database with its tables made, and the accounts in it.

    Raises:
        ConfigError: There is none at the URL, or it refuses.
    """
    secret = config.secret() if config.secret_key else load_key(data / "secret.key")
    with naming_setting("database_url"):
        database = Database(config.database_url or f"sqlite:///{data / 'blog.db'}")
        store = DatabaseUserStore(database)
        database.create_all(Post, Comment)
    auth = AuthenticationSystem(store, secret=secret, attempts=shared.attempts, settings=settings)
    return database, auth


def prepare_data(config: Config) -> Path:
    """Make the data folder and return it, absolute.

    Raises:
        ConfigError: It cannot be made, or nothing can be written there.
    """
    folder = Path(config.data).absolute()
    try:
        (folder / "uploads").mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        msg = (
            f"data folder {str(folder)!r} cannot be written ({reason}): choose another with --data"
        )
        raise ConfigError(msg) from error
    return folder


def load_key(path: Path) -> str:
    """Return the key that signs tokens, made at the first start and readable by its owner alone.

    Several processes may start at once: the file appears with the key in it, or not at all.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        try:
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
