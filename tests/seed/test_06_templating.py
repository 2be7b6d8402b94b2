"""Project 6: the template and the block, verbatim."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_templating import Template

TEMPLATE = """\
<h1>Users</h1>
<ul>
  {% for user in users %}
    <li>{{ user.name }} ({{ user.email | lowercase }})</li>
  {% endfor %}
</ul>
{% if admin %}
  <p>Admin panel: <a href="/admin">Click here</a></p>
{% endif %}
"""

BLOCK = """\
template = Template(open("users.html").read())
html = template.render({
    "users": [
        {"name": "Alice", "email": "ALICE@EXAMPLE.COM"},
        {"name": "Bob", "email": "BOB@EXAMPLE.COM"},
    ],
    "admin": True
})
print(html)
"""

OUTPUT = """\
<h1>Users</h1>
<ul>
  <li>Alice (alice@example.com)</li>
  <li>Bob (bob@example.com)</li>
</ul>
<p>Admin panel: <a href="/admin">Click here</a></p>
"""


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the block leaves its file to the collector
def test_block(
    run_block: Callable[..., tuple[dict[str, Any], str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "users.html").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)

    _, printed = run_block(BLOCK, Template=Template)

    assert printed.rstrip("\n") == OUTPUT.rstrip("\n")
