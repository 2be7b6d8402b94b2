"""groundup_auth.settings: what cannot work is refused when it is written."""

from typing import Any

import pytest

from groundup_auth import AuthSettings, ConfigurationError, LockoutRules, Rule


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"access_lifetime": 0}, "must be positive"),
        ({"refresh_lifetime": -1}, "must be positive"),
        ({"reset_lifetime": 0}, "must be positive"),
        ({"access_lifetime": 100, "refresh_lifetime": 99}, "must not be above"),
        ({"reset_lifetime": 899}, "at least the longest wait for a reset, 900, got 899"),
        ({"reset_url": "https://example.com/reset"}, r"must contain \{token\}"),
        ({"rules": LockoutRules(reset=Rule(1, 1, 3601, 3601))}, "longest wait"),
    ],
)
def test_refuses_what_cannot_work(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        AuthSettings(**settings)


def test_the_edges_work() -> None:
    settings = AuthSettings(access_lifetime=100, refresh_lifetime=100, reset_lifetime=900)

    assert settings.reset_lifetime == 900
