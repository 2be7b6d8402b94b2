"""The handler: from a request to the response that is a file, a part of it, or the reason why not.

    path ----> names ----> file ----> coding ----> conditions ----> range ----> response
         paths      store      codings      conditional      ranges
         400 404    403 404    406          304 412          206 416

Whatever is wrong with a request is an answer and not an error: nobody is asked to catch anything.
"""

import asyncio
import os
import re
from http import HTTPStatus

from groundup_httpparse import HeaderError, Headers
from groundup_response import Response
from groundup_staticfiles.codings import Codings, Compression
from groundup_staticfiles.content import File
from groundup_staticfiles.encoding import choose_coding
from groundup_staticfiles.errors import PathError, StaticFilesError
from groundup_staticfiles.files import Root
from groundup_staticfiles.media import is_compressible, media_type
from groundup_staticfiles.paths import canonical_path, check_name, split_path
from groundup_staticfiles.sending import Request, refuse, send, send_status
from groundup_staticfiles.store import FileChanged, Store

__all__ = ["HASHED", "StaticFiles"]

KIB, MIB = 1024, 1024**2
ALLOW = "GET, HEAD"
ATTEMPTS = range(3)  # to find a file that is being replaced just now
QUICK = 8 * KIB  # bytes that are compressed faster than a thread is asked to do it

# app.3f2a9c1d77e0.css: twelve or more hexadecimal digits, letters and figures among them, so that
# neither a date nor a word is taken for one.
HASHED = r"[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{12,64}\.[A-Za-z0-9.]+"
YEAR = "max-age=31536000, immutable"


class StaticFiles:
    """Serve the files below a folder: a handler, ``await files(request)`` or ``respond(request)``.

    May be shared between threads, tasks and loops.

    Args:
        directory: The root; nothing outside of it is ever read.
        cache_control: How long clients may keep a file without asking.
        immutable_pattern: Files whose name has a match of this at its end never change, and are
            kept for a year, by whom ``cache_control`` says; None for no such files.
        index: The file that answers for its folder, or None.
        fallback: The path of a page that answers when nothing is found and the client would show a
            page ("/index.html" for a single-page application), or None.
        follow_symlinks: Whether links are followed, wherever they lead.
        dotfiles: Whether names with a dot in front are served; ``/.well-known/`` always is.
        gzip: Whether to compress on the fly what has no compressed file beside it.
        max_compress: The largest file to compress, in bytes.
        max_cached_file: The largest file to keep in memory, in bytes.
        cache_bytes: How much memory all kept files may take.
        cache_files: How many files are kept.

    Raises:
        StaticFilesError: There is no such folder, a limit is negative, or a value could not be sent
            or found.
    """

    def __init__(  # noqa: PLR0913 - what a site may want to decide
        self,
        directory: str | os.PathLike[str],
        *,
        cache_control: str = "public, max-age=3600",
        immutable_pattern: str | None = HASHED,
        index: str | None = "index.html",
        fallback: str | None = None,
        follow_symlinks: bool = False,
        dotfiles: bool = False,
        gzip: bool = True,
        max_compress: int = 4 * MIB,
        max_cached_file: int = 512 * KIB,
        cache_bytes: int = 32 * MIB,
        cache_files: int = 1024,
    ) -> None:
        sizes = {"max_compress": max_compress, "max_cached_file": max_cached_file}
        for name, size in {**sizes, "cache_bytes": cache_bytes, "cache_files": cache_files}.items():
            if size < 0:
                raise StaticFilesError(f"{name} must not be negative, got {size}")
        self._root = Root(directory, follow_symlinks=follow_symlinks)
        _check_names(cache_control, index, fallback)
        self._cache_control = cache_control
        self._cache_immutable = _for_a_year(cache_control)
        self._immutable = re.compile(f"(?:{immutable_pattern})$") if immutable_pattern else None
        self._index = index
        self._fallback = fallback
        self._dotfiles = dotfiles
        self._store = Store(
            self._root,
            self._make_fields,
            max_bytes=cache_bytes,
            max_files=cache_files,
            max_file=max_cached_file,
        )
        self._codings = Codings(self._store, gzip=gzip, max_compress=max_compress)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self._root.path)!r}>"

    async def __call__(self, request: Request) -> Response:
        """Answer a request; only compressing takes a thread."""
        for _ in ATTEMPTS:
            try:
                answer = self._answer(request)
                if not isinstance(answer, Compression):
                    return answer
                small = answer.size <= QUICK
                variant = answer.run() if small else await asyncio.to_thread(answer.run)
                return send(request, variant, self._store)
            except PathError as error:
                return refuse(error)
            except FileChanged:
                continue
        return send_status(HTTPStatus.SERVICE_UNAVAILABLE)

    def respond(self, request: Request) -> Response:
        """Answer a request in a thread, for servers without a loop."""
        for _ in ATTEMPTS:
            try:
                answer = self._answer(request)
                if isinstance(answer, Compression):
                    return send(request, answer.run(), self._store)
                return answer
            except PathError as error:
                return refuse(error)
            except FileChanged:
                continue
        return send_status(HTTPStatus.SERVICE_UNAVAILABLE)

    def _answer(self, request: Request) -> Response | Compression:
        """Answer, or say what has to be compressed first."""
        if request.method not in {"GET", "HEAD"}:
            asked = request.method == "OPTIONS"
            status = HTTPStatus.NO_CONTENT if asked else HTTPStatus.METHOD_NOT_ALLOWED
            return send_status(status, Allow=ALLOW)
        key = request.path
        file = self._store.get(key)
        if file is None:
            found = self._find(request)
            if isinstance(found, Response):
                return found
            key, file = found
        accepted = request.headers.get("Accept-Encoding")
        if accepted is None or not (available := self._codings.available(key, file)):
            return send(request, file.identity, self._store)
        return self._send_coded(request, key, file, accepted, available)

    def _find(self, request: Request) -> tuple[str, File] | Response:
        """Find the file that a path means, from the disk if need be.

        Raises:
            PathError: There is none.
        """
        try:
            return self._load(split_path(request.path, dotfiles=self._dotfiles))
        except PathError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            if error.is_folder and (redirect := self._redirect(request)) is not None:
                return redirect
            if self._fallback is None or not _wants_page(request):
                raise
            return self._load(split_path(self._fallback, dotfiles=True))

    def _load(self, names: tuple[str, ...]) -> tuple[str, File]:
        key = canonical_path(names)
        file = self._store.get(key)
        if file is not None:
            return key, file
        if not names[-1]:
            if self._index is None:
                raise PathError("folders are not listed")
            names = (*names[:-1], self._index)
        return key, self._store.load(key, names)

    def _redirect(self, request: Request) -> Response | None:
        """Send the client to a folder that has an index, when only the last slash is missing."""
        if self._index is None:
            return None
        try:
            key, _ = self._load((*split_path(request.path, dotfiles=self._dotfiles), ""))
        except PathError:
            return None
        _, mark, query = getattr(request, "target", "").partition("?")
        return Response.redirect(f"{getattr(request, 'root_path', '')}{key}{mark}{query}", 307)

    def _send_coded(
        self, request: Request, key: str, file: File, accepted: str, available: tuple[str, ...]
    ) -> Response | Compression:
        """Send a file in the coding that the client likes best."""
        coding = None
        if request.method == "GET" and request.headers.get("Range") is not None:
            # A range is of bytes that are the same tomorrow.
            stable = tuple(coding for coding in available if coding in file.siblings)
            coding = choose_coding(accepted, stable)
        coding = coding or choose_coding(accepted, available)
        if coding is None:
            return send_status(HTTPStatus.NOT_ACCEPTABLE, Vary="Accept-Encoding")
        if coding == "identity":
            return send(request, file.identity, self._store)
        variant = self._codings.get(key, file, coding)
        if variant is None:
            if not file.busy or choose_coding(accepted, ()) is None:
                return Compression(self._codings, key, file)
            variant = file.identity  # somebody else is making it
        return send(request, variant, self._store)

    def _make_fields(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the header fields of a file that its name alone decides."""
        name = names[-1]
        media = media_type(name)
        immutable = self._immutable is not None and self._immutable.search(name) is not None
        fields = [
            ("Content-Type", media),
            ("Cache-Control", self._cache_immutable if immutable else self._cache_control),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if is_compressible(media):
            fields.append(("Vary", "Accept-Encoding"))
        return fields


def _check_names(cache_control: str, index: str | None, fallback: str | None) -> None:
    """Refuse now what would fail at each request, or lead out of the root."""
    try:
        Headers({"Cache-Control": cache_control})
    except HeaderError as error:
        raise StaticFilesError(f"cache_control must be the value of a field: {error}") from None
    try:
        if index is not None:
            check_name(index)
        if fallback is not None:
            split_path(fallback, dotfiles=True)
    except PathError as error:
        raise StaticFilesError(f"index must be a name and fallback a path: {error}") from None


def _for_a_year(cache_control: str) -> str:
    """Return how long a hashed file may be kept, by those who may keep the others.

    >>> _for_a_year("private, max-age=60"), _for_a_year("no-cache")
    ('private, max-age=31536000, immutable', 'max-age=31536000, immutable')
    """
    words = {word.strip().lower() for word in cache_control.split(",")}
    return ", ".join([*sorted(words & {"private", "public"}), YEAR])


def _wants_page(request: Request) -> bool:
    """Tell whether the client would show a page: not so for what a page loads."""
    last = request.path.rpartition("/")[2]
    return "." not in last and "text/html" in (request.headers.get("Accept") or "")
