"""What the figures were measured on: they mean little without."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = (
    *("uvloop", "httptools", "uvicorn", "granian", "gunicorn", "jinja2", "asyncpg", "psycopg"),
    *("starlette", "fastapi", "blacksheep", "falcon", "litestar", "aiohttp", "sanic"),
    *("flask", "bottle", "django"),
)


def describe() -> dict[str, object]:
    """Return date, processor, system and versions."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else "unknown",
        "python": platform.python_version(),
        "versions": dict(sorted(versions().items())),
    }


def processor() -> str:
    """Return the processor's name where the system tells it."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def versions() -> dict[str, str]:
    """Return the versions of what is installed and takes part."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
