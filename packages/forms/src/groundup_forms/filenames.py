r"""Names of files that a stranger has chosen: what to show, and what to write to a disk.

``last_component`` is for showing: the name as sent, without folders and without characters that
end a line or a string.  ``safe_filename`` is for a disk, and takes more away:

    ../../etc/passwd        passwd       no folder, of either kind of slash
    .htaccess               htaccess     nothing hidden
    con.txt                 _con.txt     no device: opening it on Windows is not opening a file
    a:b?.png                a_b_.png     no stream of NTFS, no wildcard
    photo<U+202E>gnp.exe    photo_gnp.exe   nothing that writes from right to left
    "report. "              report       Windows drops the end, and then two names are one
"""

import re
import unicodedata

__all__ = ["last_component", "numbered", "safe_filename"]

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SLASHES = re.compile(r"[/\\]")
RESERVED = frozenset('<>:"|?*')
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
FALLBACK = "upload"
MAX_BYTES = 200  # of a name: file systems take 255, and a suffix of ours must fit


def last_component(name: str) -> str:
    r"""Return the part of a name after its last slash, without control characters.

    >>> last_component("C:\\fakepath\\me.png"), last_component("a/.."), last_component("a\0b")
    ('me.png', '', 'ab')
    """
    last = CONTROL.sub("", SLASHES.split(name)[-1])
    return "" if last in {".", ".."} else last


def safe_filename(name: str) -> str:
    """Return a name that is one plain, visible file in a folder, on every system.

    >>> safe_filename("../.bashrc"), safe_filename("NUL"), safe_filename("Größe 1.txt")
    ('bashrc', '_NUL', 'Größe 1.txt')
    """
    text = unicodedata.normalize("NFC", last_component(name))
    text = "".join(map(_replace, text)).strip(" .")
    text = _shorten(text).strip(" .") or FALLBACK
    # Windows takes the name of a device up to the first dot, and drops spaces before it.
    return f"_{text}" if DEVICES.fullmatch(text.partition(".")[0].rstrip()) else text


def numbered(name: str, number: int) -> str:
    """Return the name for a further file of the same name.

    >>> numbered("photo.png", 2), numbered("README", 2)
    ('photo-2.png', 'README-2')
    """
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{number}{dot}{suffix}" if dot else f"{name}-{number}"


def _replace(character: str) -> str:
    category = unicodedata.category(character)
    bad = character in RESERVED or category[0] == "C" or category in {"Zl", "Zp"}
    return "_" if bad else character


def _shorten(name: str) -> str:
    """Cut a name to its limit; a short suffix is kept."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    ending = (dot + suffix) if dot and len(suffix) <= 10 else ""  # noqa: PLR2004 - longer ones are none
    stem = stem if ending else name
    return stem.encode()[: MAX_BYTES - len(ending.encode())].decode("utf-8", "ignore") + ending
