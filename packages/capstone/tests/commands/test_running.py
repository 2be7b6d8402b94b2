"""groundup.commands.running: what is served says where."""

import pytest

from groundup.commands.running import announce


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "localhost"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("fe80::1", "[fe80::1]"),
        ("site.example", "site.example"),
    ],
)
def test_the_address_is_one_to_click_on(
    host: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(host, 80)

    assert capsys.readouterr().out == f"Application running on http://{shown}:80\n"
