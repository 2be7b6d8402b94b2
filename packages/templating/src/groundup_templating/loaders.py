"""Find the source of a template by its name: in folders, packages, mappings, or several of them.

This is the module that touches the disk.  A name is a path with forward slashes, relative to the
root of the loader, and nothing else: no drive, no ``..``, no NUL, no link that leads out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from groundup_templating.errors import TemplateNotFound, TemplateSyntaxError, shorten, suggest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "ChainLoader",
    "DictLoader",
    "DirectoryLoader",
    "Loader",
    "PackageLoader",
    "Source",
    "split_name",
]

MAX_NAME = 512  # characters
MAX_FILE = 4_194_304  # bytes


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a template, the file it came from, and whether it is still the same."""

    text: str
    filename: str | None = None
    is_fresh: Callable[[], bool] = lambda: True


@runtime_checkable
class Loader(Protocol):
    """Something that finds templates."""

    def load(self, name: str, /) -> Source:
        """Return the source of a template, or raise TemplateNotFound."""
        ...

    def names(self) -> Iterable[str]:
        """Return the names of all templates, for suggestions and tools."""
        ...


def split_name(name: str) -> tuple[str, ...]:
    r"""Return the parts of a template's name.

    >>> split_name("mail/welcome.txt")
    ('mail', 'welcome.txt')

    Raises:
        TemplateNotFound: The name could lead out of the root of a loader.
    """
    parts = tuple(name.split("/"))
    if len(name) > MAX_NAME or not name:
        raise TemplateNotFound(f"a template's name must have 1 to {MAX_NAME} characters")
    # A backslash or colon means something on Windows only, so it is refused everywhere.
    if any(part in {"", ".", ".."} or any(c in part for c in "\\:\0") for part in parts):
        raise TemplateNotFound(
            f"a template's name must be a path like 'posts/show.html', got {shorten(name)}"
        )
    return parts


def _not_found(name: str, loader: Loader) -> TemplateNotFound:
    return TemplateNotFound(f"no template {shorten(name)}{suggest(name, loader.names())}")


def _decode(name: str, data: bytes) -> str:
    if len(data) > MAX_FILE:
        raise TemplateSyntaxError(f"template {name!r} must have at most {MAX_FILE} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateSyntaxError(
            f"template {name!r} must be UTF-8, got {data[error.start : error.start + 4]!r} "
            f"at byte {error.start}"
        ) from None
    if "\0" in text:
        raise TemplateSyntaxError(
            f"template {name!r} must be UTF-8, got a NUL at character {text.index(chr(0))}: "
            "is it UTF-16?"
        )
    return text.replace("\r\n", "\n")


class DirectoryLoader:
    """Load templates from one folder, or from the first of several that has them.

    The folders are looked at anew for each template that is not cached, so files may come later.
    """

    def __init__(self, paths: str | Path | Iterable[str | Path]) -> None:
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        self.paths = [Path(path) for path in given]

    def load(self, name: str, /) -> Source:
        """Return the source of a template, or raise TemplateNotFound."""
        parts = split_name(name)
        for root in self.paths:
            path = root.joinpath(*parts)
            try:
                real = path.resolve()
                # After resolving: a link may lead anywhere, and ".." may come from the link.
                if not real.is_relative_to(root.resolve()) or not real.is_file():
                    continue
                before = real.stat()
                text = _decode(name, real.read_bytes())
            except OSError:
                continue

            def is_fresh(
                real: Path = real, seen: tuple[int, int] = (before.st_mtime_ns, before.st_size)
            ) -> bool:
                try:
                    now = real.stat()
                except OSError:
                    return False
                return (now.st_mtime_ns, now.st_size) == seen

            return Source(text, str(real), is_fresh)
        raise _not_found(name, self)

    def names(self) -> Iterable[str]:
        """Return the names of all templates below the folders."""
        found: set[str] = set()
        for root in self.paths:
            found.update(
                path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
            )
        return sorted(found)


class PackageLoader:
    """Load templates from a folder inside of an importable package, zipped ones included."""

    def __init__(self, package: str, folder: str = "templates") -> None:
        from importlib.resources import files  # noqa: PLC0415 - costs time; folders need it not

        self.root: Traversable = files(package)
        for part in split_name(folder):
            self.root = self.root / part

    def load(self, name: str, /) -> Source:
        """Return the source of a template, or raise TemplateNotFound."""
        place = self.root
        for part in split_name(name):
            place = place / part
        if isinstance(place, Path) and isinstance(self.root, Path):
            return DirectoryLoader(self.root).load(name)
        try:
            if not place.is_file():
                raise _not_found(name, self)
            return Source(_decode(name, place.read_bytes()))
        except OSError:
            raise _not_found(name, self) from None

    def names(self) -> Iterable[str]:
        """Return the names of all templates in the folder."""
        return sorted(_walk(self.root, "")) if self.root.is_dir() else []


def _walk(folder: "Traversable", prefix: str) -> Iterable[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}"


class DictLoader:
    """Load templates from a mapping of names to texts; changes are seen with ``auto_reload``.

    >>> DictLoader({"hello.txt": "Hello {{ name }}!"}).load("hello.txt").text
    'Hello {{ name }}!'
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def load(self, name: str, /) -> Source:
        """Return the source of a template, or raise TemplateNotFound."""
        text = self.templates.get(name)
        if text is None:
            raise _not_found(name, self)
        return Source(text, None, lambda: self.templates.get(name) == text)

    def names(self) -> Iterable[str]:
        """Return the names of all templates."""
        return sorted(self.templates)


class ChainLoader:
    """Ask several loaders, one after the other."""

    def __init__(self, loaders: Iterable[Loader]) -> None:
        self.loaders = list(loaders)

    def load(self, name: str, /) -> Source:
        """Return the source of a template, or raise TemplateNotFound."""
        for loader in self.loaders:
            try:
                return loader.load(name)
            except TemplateNotFound:
                continue
        raise _not_found(name, self)

    def names(self) -> Iterable[str]:
        """Return the names of all templates of all loaders."""
        return sorted({name for loader in self.loaders for name in loader.names()})
