"""groundup_messages.url: text that knows its parts."""

import pytest

from groundup_messages import URL, BadURL


def test_is_a_string_with_parts() -> None:
    url = URL("https://Example.com:8443/a%20b?x=1&y=2#top")

    assert url == "https://Example.com:8443/a%20b?x=1&y=2#top"
    assert f"{url}" == str(url)
    assert (url.scheme, url.host, url.port) == ("https", "example.com", 8443)
    assert (url.path, url.query, url.fragment) == ("/a%20b", "x=1&y=2", "top")
    assert url.origin == "https://Example.com:8443"


def test_parts_may_be_missing() -> None:
    url = URL("/a")

    assert (url.scheme, url.host, url.port, url.query, url.fragment) == ("", "", None, "", "")
    assert URL("http://[::1]:80/").host == "::1"


def test_parts_can_be_changed() -> None:
    url = URL("http://example.com/a/b?x=1#top")

    assert url.with_query([("y", "é &")]) == "http://example.com/a/b?y=%C3%A9+%26#top"
    assert url.with_path("/c") == "http://example.com/c"
    assert url.resolve("../d?z") == "http://example.com/d?z"
    assert isinstance(url.resolve("//other.example/"), URL)


@pytest.mark.parametrize("text", ["http://[::1/", "http://a:99999/", "http://a:b/"])
def test_what_is_no_url_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadURL):
        _ = (URL(text).host, URL(text).port)
