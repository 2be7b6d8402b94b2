"""Who is compared: a name, the command that serves on a port, and what must be installed.

Ours are always there; the peers are whatever of them is installed in this environment, each in
the version its project recommends for speed: C parsers, uvloop, one process.
"""

from dataclasses import dataclass, field

APPS, PEER_APPS = "tests.benchmarks.apps", "tests.benchmarks.peers"
BASIC = frozenset(("plaintext", "json", "params", "pipelined"))


@dataclass(frozen=True)
class Contender:
    """One server with one application; ``{port}`` in its command is the port.

    ``cases`` are those that it can answer (empty means all); ``ours`` tells it from the peers.
    """

    name: str
    title: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    cases: frozenset[str] = field(default_factory=frozenset[str])
    ours: bool = False


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs one of our applications."""
    return ("-m", f"{APPS}.{name}", "{port}", *arguments)


def peer(name: str) -> tuple[str, ...]:
    """Return the command that runs a peer's application."""
    return ("-m", f"{PEER_APPS}.with_{name}", "{port}")


def gunicorn(name: str) -> tuple[str, ...]:
    """Return the command that serves a WSGI application with threads."""
    options = "--worker-class gthread --threads 8 --keep-alive 75 --log-level error --bind"
    return ("-m", "gunicorn", *options.split(), "127.0.0.1:{port}", f"{PEER_APPS}.with_{name}:app")


def granian(name: str) -> tuple[str, ...]:
    """Return the command that serves an ASGI application with the server written in Rust."""
    options = "--interface asgi --loop uvloop --no-access-log --log-level error --host 127.0.0.1"
    return ("-m", "granian", *options.split(), "--port", "{port}", f"{PEER_APPS}.with_{name}:app")


OURS = (
    Contender(
        "canned",
        "the limit: canned bytes, uvloop",
        module("canned"),
        cases=frozenset(("plaintext", "pipelined")),
        ours=True,
    ),
    Contender("bare", "groundup_asyncserver alone", module("bare"), cases=BASIC, ours=True),
    Contender("groundup", "groundup, uvloop", module("ours", "auto", "1"), ours=True),
    Contender("asyncio", "groundup, asyncio", module("ours", "asyncio", "1"), ours=True),
    Contender("threads", "groundup, threads", module("ours_threads"), ours=True),
)
UVICORN = ("uvicorn", "uvloop", "httptools", "jinja2", "asyncpg")
PEERS = (
    Contender("starlette", "Starlette, uvicorn", peer("starlette"), ("starlette", *UVICORN)),
    Contender("fastapi", "FastAPI, uvicorn", peer("fastapi"), ("fastapi", *UVICORN)),
    Contender("blacksheep", "BlackSheep, uvicorn", peer("blacksheep"), ("blacksheep", *UVICORN)),
    Contender("falcon", "Falcon, uvicorn", peer("falcon"), ("falcon", *UVICORN)),
    Contender("litestar", "Litestar, uvicorn", peer("litestar"), ("litestar", *UVICORN)),
    Contender(
        "granian",
        "Starlette, granian",
        granian("starlette"),
        ("granian", "starlette", "uvloop", "jinja2", "asyncpg"),
    ),
    Contender(
        "aiohttp", "aiohttp, uvloop", peer("aiohttp"), ("aiohttp", "uvloop", "jinja2", "asyncpg")
    ),
    Contender("sanic", "Sanic", peer("sanic"), ("sanic", "jinja2", "asyncpg")),
    Contender("flask", "Flask, gunicorn", gunicorn("flask"), ("flask", "gunicorn")),
    Contender("bottle", "Bottle, gunicorn", gunicorn("bottle"), ("bottle", "gunicorn")),
    Contender("django", "Django, gunicorn", gunicorn("django"), ("django", "gunicorn")),
)
CONTENDERS: dict[str, Contender] = {one.name: one for one in (*OURS, *PEERS)}
