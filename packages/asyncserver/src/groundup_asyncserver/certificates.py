"""The certificate of a TLS server: read from two files, and read again when they change.

    chain.pem, key.pem ──► Certificate.context ──► every handshake from now on
            └── renewed: `renew` ──┘               connections that are open keep theirs

Certificates live for weeks and servers for months, so whoever renews one must not have to stop the
other.  The two files cannot be replaced at the same moment: what is no pair is left alone, and what
was good before serves on.
"""

import logging
import ssl
from pathlib import Path

from groundup_asyncserver.errors import ListenError

__all__ = ["Certificate"]

logger = logging.getLogger("groundup.server")


class Certificate:
    """A chain and its key, as rules for TLS (1.2 and later).  Belongs to one thread.

    Args:
        chain: The PEM file with the certificate and those that signed it.
        key: The PEM file with its private key; None when it is in the same file.

    Raises:
        ListenError: They cannot be read, or do not belong together.
    """

    def __init__(self, chain: str, key: str | None = None) -> None:
        self._files = (chain,) if key is None else (chain, key)
        self._seen = self._look()
        try:
            self.context = make_context(self._files)
        except OSError as error:  # an SSLError is one
            raise ListenError(
                f"certificate must be a PEM file with its key, got {' and '.join(self._files)}: "
                f"{error.strerror or error}"
            ) from None

    @property
    def changed(self) -> bool:
        """Whether somebody has written the files since they were last read."""
        return self._look() != self._seen

    def renew(self) -> bool:
        """Read the files again; say whether they could be used."""
        self._seen = self._look()
        try:
            make_context(self._files)  # a context that has loaded half of a pair is spoiled
            self.context.load_cert_chain(*self._files)
        except OSError as error:
            reason = error.strerror or error
            logger.error("certificate is left as it was: %s", reason)  # noqa: TRY400 - a file, not a bug
            return False
        logger.info("certificate read again from %s", self._files[0])
        return True

    def _look(self) -> tuple[tuple[int, int, int], ...]:
        """Return what changes when somebody writes or replaces a file."""
        try:
            found = [Path(file).stat() for file in self._files]
        except OSError:  # between two names
            return ()
        return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in found)


def make_context(files: tuple[str, ...]) -> ssl.SSLContext:
    """Return rules for a server with a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(*files)
    return context
