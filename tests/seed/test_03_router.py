"""Project 3: the block, verbatim."""

from collections.abc import Callable
from typing import Any

from groundup_router import Router

BLOCK = """\
router = Router()
router.add("/", home_handler)
router.add("/users", list_users)
router.add("/users/:id", get_user)
router.add("/files/*", serve_file)
router.add("/api/:version/items/:id", api_handler)

# Test the router
match = router.match("/users/42")
print(match["handler"])      # get_user
print(match["params"])       # {"id": "42"}

match = router.match("/files/docs/resume.pdf")
print(match["params"])       # {"*": "docs/resume.pdf"}
"""


def test_block(run_block: Callable[..., tuple[dict[str, Any], str]]) -> None:
    handlers = ("home_handler", "list_users", "get_user", "serve_file", "api_handler")

    names, printed = run_block(BLOCK, Router=Router, **{name: name for name in handlers})

    assert printed == "get_user\n{'id': '42'}\n{'*': 'docs/resume.pdf'}\n"
    both = names["router"].match("/api/v1/items/7")
    assert both["handler"] == "api_handler"
    assert both["params"] == {"version": "v1", "id": "7"}
