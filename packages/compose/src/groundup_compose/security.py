"""Tell browsers what a page may do: the fields that turn whole classes of attacks off.

    X-Content-Type-Options: nosniff                       a picture is never run as a script
    Content-Security-Policy: script-src 'nonce-…' …       only scripts that we marked run
    X-Frame-Options: DENY                                 nobody shows us in a frame (clickjacking)
    Referrer-Policy: strict-origin-when-cross-origin      paths and queries stay here
    Cross-Origin-Opener-Policy: same-origin               other windows cannot reach into ours
    Strict-Transport-Security: max-age=…                  https only, once it was https

The *nonce* is a new random word for each request.  A page repeats it in its own script tags
(``<script nonce="{{ request.csp_nonce }}">``); a script that someone smuggled in cannot know it.
What a response says itself is left as it is.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from groundup_compose.factories import annotate
from groundup_middleware import AsyncNext, Layer
from groundup_response import Response

__all__ = ["DEFAULT_CSP", "security_headers"]

NONCE = "{nonce}"
DEFAULT_CSP: Mapping[str, Iterable[str]] = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'nonce-{nonce}'"],
    "style-src": ["'self'", "'nonce-{nonce}'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
# A semicolon or comma would start another directive or another policy.
SOURCE = re.compile(r"[!-+\--:<-~]+")


def security_headers(
    *,
    csp: Mapping[str, Iterable[str]] | None = DEFAULT_CSP,
    report_only: bool = False,
    hsts: int | None = 31_536_000,
    frame: str | None = "DENY",
    referrer: str | None = "strict-origin-when-cross-origin",
    opener: str | None = "same-origin",
    permissions: str | None = None,
) -> Layer:
    """Return a layer that adds these fields; None leaves one out.

    Args:
        csp: Directives and their sources.  ``'nonce-{nonce}'`` becomes the word of the request,
            which is ``request.csp_nonce`` below this layer.
        report_only: Whether browsers report what breaks the policy, and let it happen.
        hsts: Seconds for which browsers insist on https; sent over https only.
        frame: ``X-Frame-Options``, for browsers that do not know ``frame-ancestors``.
        referrer: ``Referrer-Policy``.
        opener: ``Cross-Origin-Opener-Policy``.
        permissions: ``Permissions-Policy``, such as ``camera=(), geolocation=()``.
    """
    policy = None if csp is None else format_policy(csp)
    needs_nonce = policy is not None and NONCE in policy
    csp_name = "Content-Security-Policy" + ("-Report-Only" if report_only else "")
    fields = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": frame,
        "Referrer-Policy": referrer,
        "Cross-Origin-Opener-Policy": opener,
        "Permissions-Policy": permissions,
    }
    fixed = [(name, value) for name, value in fields.items() if value is not None]

    async def secure(request: Any, next: AsyncNext) -> Response:
        nonce = ""
        if needs_nonce:
            nonce = request.csp_nonce = secrets.token_urlsafe(16)
        response = await next()
        headers = response.headers
        for name, value in fixed:
            headers.setdefault(name, value)
        if policy is not None:
            headers.setdefault(csp_name, policy.replace(NONCE, nonce))
        if hsts is not None and getattr(request, "is_secure", False):
            headers.setdefault("Strict-Transport-Security", f"max-age={hsts}")
        return response

    return annotate(secure, "security_headers")


def format_policy(directives: Mapping[str, Iterable[str]]) -> str:
    """Return a policy as text, or say which source would say more than one thing.

    >>> format_policy({"default-src": ["'self'", "https://cdn.example"], "object-src": ["'none'"]})
    "default-src 'self' https://cdn.example; object-src 'none'"
    """
    parts: list[str] = []
    for name, sources in directives.items():
        words = [name, *([sources] if isinstance(sources, str) else sources)]
        for word in words:
            if not SOURCE.fullmatch(word):
                raise ValueError(f"not one directive or source: {word!r:.60}")
        parts.append(" ".join(words))
    return "; ".join(parts)
