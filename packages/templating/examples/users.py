"""Render a page of users: the program that the project of this chapter is about."""

from pathlib import Path

from groundup_templating import Environment

environment = Environment(Path(__file__).parent)
html = environment.render(
    "users.html",
    {
        "users": [
            {"name": "Alice", "email": "ALICE@EXAMPLE.COM"},
            {"name": "Bob", "email": "BOB@EXAMPLE.COM"},
        ],
        "admin": True,
    },
)
print(html)
