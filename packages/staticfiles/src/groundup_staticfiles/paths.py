r"""Take the path of a request apart, into names that cannot mean anything but a file below a root.

    /docs/caf%C3%A9/a%2Fb.txt
     ----  ---------  -------
     docs  café       a/b.txt: refused, a slash that hides in a name is a trick

The order is the whole defence: split at the slashes that are there, decode each name once and
strictly, and only then look at it.  Who decodes before splitting, or twice, or in a lenient way,
is led out of the root by ``%2e%2e%2f``, ``%252e`` or overlong UTF-8.

Windows has more names than others that are not what they seem: devices, streams, drives, endings
that it drops, short aliases.  They are refused there, and a backslash everywhere.
"""

import os
import re

from groundup_httpparse import percent_decode, percent_encode
from groundup_staticfiles.errors import PathError

__all__ = ["canonical_path", "check_name", "split_path"]

MAX_PATH = 4096  # characters, as sent
MAX_NAME = 255  # bytes: no file system has longer ones
WELL_KNOWN = ".well-known"  # public by definition: RFC 8615
SAFE = "!$&'()*+,:;=@"  # in a segment, besides the unreserved: RFC 3986, section 3.3

PLAIN = re.compile(
    r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}/)*(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99})?"
)
BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
NEVER = re.compile(r"[\x00-\x1f\x7f/\\]")
WINDOWS = re.compile(
    r'.*[<>:"|?*].*|.*[ .]|.*~[0-9].*'
    r"|(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?",
    re.IGNORECASE,
)


def split_path(
    path: str, *, dotfiles: bool = False, windows: bool = os.name == "nt"
) -> tuple[str, ...]:
    """Return the names that a path is made of; the last is "" when the path ends in a slash.

    >>> split_path("/docs/caf%C3%A9.txt"), split_path("/docs/")
    (('docs', 'café.txt'), ('docs', ''))

    Args:
        path: As sent: percent-encoded, from its first slash, without query.
        dotfiles: Whether names may begin with a dot.
        windows: Whether the rules of Windows hold too.

    Raises:
        PathError: It is not encoded as it must be (400), or names what is never served (404).
    """
    if len(path) <= MAX_PATH and not windows and PLAIN.fullmatch(path):
        return tuple(path.split("/")[1:])
    if len(path) > MAX_PATH:
        raise PathError(f"path must not have more than {MAX_PATH} characters, got {len(path)}")
    if not path.startswith("/"):
        raise PathError(f"path must begin with a slash, got {path[:40]!r}")
    if not path.isascii() or BAD_ESCAPE.search(path):
        raise PathError(f"path must be percent-encoded, got {path[:40]!r}", status=400)
    *folders, last = [_decode(name) for name in path[1:].split("/")]
    for name in (*folders, last) if last else folders:
        check_name(name, windows=windows)
    if not dotfiles:
        _refuse_hidden([*folders, last])
    return (*folders, last)


def canonical_path(names: tuple[str, ...]) -> str:
    """Return the one spelling of a path that all its spellings share.

    >>> canonical_path(split_path("/%64ocs/caf%c3%a9"))
    '/docs/caf%C3%A9'
    """
    return "".join(f"/{percent_encode(name, SAFE)}" for name in names)


def check_name(name: str, *, windows: bool = os.name == "nt") -> None:
    """Refuse a name that can mean anything but a file in its folder.

    Raises:
        PathError: It is such a name.
    """
    if name in {"", ".", ".."}:
        raise PathError(f"path must not have empty or dot segments, got {name!r}")
    if NEVER.search(name):
        raise PathError(f"name must not have slashes or controls inside, got {name[:40]!r}")
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME:
        raise PathError(f"name must not have more than {MAX_NAME} bytes, got {name[:40]!r}")
    if windows and WINDOWS.fullmatch(name):
        raise PathError(f"name must be a plain one on Windows, got {name[:40]!r}")


def _decode(name: str) -> str:
    if "%" not in name:
        return name
    try:
        return percent_decode(name).decode("utf-8")
    except UnicodeDecodeError:
        raise PathError(f"path must be UTF-8, got {name[:40]!r}", status=400) from None


def _refuse_hidden(names: list[str]) -> None:
    for place, name in enumerate(names):
        if name.startswith(".") and not (place == 0 and name == WELL_KNOWN):
            raise PathError(f"names with a dot in front are not served, got {name[:40]!r}")
