"""Two ways past a guard, both through the router: what one side reads is not what the other reads.

A guard in front of the handlers looks at the path, or at the route.  Whoever can make the router
read a path otherwise than the guard does, walks past it.
"""

from typing import Any

WEAK = {
    "attack_hidden_guard": "steps/step3.py",
    "attack_slash_in_disguise": "wrong/decodes_first.py",
}


def attack_hidden_guard(part: Any) -> bool:
    """Read a private file through the public wildcard that was added before its guarded route."""
    router = part.Router()
    router.add("/files/*", "everybody")
    router.add("/files/private/:name", "only the owner")

    match = router.match("/files/private/salaries.pdf")

    return bool(match["handler"] == "everybody")


def attack_slash_in_disguise(part: Any) -> bool:
    """Delete a user through a gateway that lets /users/* out of a single segment through only."""
    router = part.Router()
    router.add("/users/:name", "show")
    router.add("/users/:name/delete", "delete")
    path = "/users/alice%2Fdelete"
    allowed_by_the_gateway = path.count("/") == 2  # it forbids /users/alice/delete

    match = router.match(path)

    return bool(allowed_by_the_gateway and match["handler"] == "delete")
