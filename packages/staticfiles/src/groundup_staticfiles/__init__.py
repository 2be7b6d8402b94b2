"""Static files over HTTP: validators, ranges, compression, and nothing outside the root.

errors, paths, media        the path of a request, and what a name says of a file
conditional, ranges         the protocol: what the client has already, and what it wants
encoding                    which coding to send, and gzip
files, content, store       the disk, what is known of a file, and how long it is remembered
codings, sending, handler   the codings of a file, a response of it; the handler that joins all
explain                     the same, told step by step
manifest, stylesheets       names that change with the content; what a style sheet refers to
copies, collection          copies under such names, for a site in production
"""

from groundup_staticfiles.collection import Collected, collect
from groundup_staticfiles.errors import StaticFilesError
from groundup_staticfiles.explain import explain
from groundup_staticfiles.handler import HASHED, StaticFiles
from groundup_staticfiles.manifest import Manifest
from groundup_staticfiles.sending import Request

__all__ = [
    "HASHED",
    "Collected",
    "Manifest",
    "Request",
    "StaticFiles",
    "StaticFilesError",
    "collect",
    "explain",
]
