"""Say which request fields a response depends on: RFC 9110, section 12.5.5.

Whoever answers differently because of a field must name it in ``Vary``, in all its answers, or a
cache hands one client's answer to another.
"""

from groundup_response import Response

__all__ = ["add_vary"]


def add_vary(response: Response, field: str) -> None:
    """Add a field name to ``Vary``, unless it is there or everything is.

    >>> response = Response(200, headers={"Vary": "Cookie"})
    >>> add_vary(response, "Origin")
    >>> add_vary(response, "cookie")
    >>> response.headers["Vary"]
    'Cookie, Origin'
    """
    names = [name.strip() for name in (response.headers.get("Vary") or "").split(",")]
    names = [name for name in names if name]
    if "*" not in names and field.lower() not in map(str.lower, names):
        response.headers["Vary"] = ", ".join([*names, field])
