"""A real browser reads what templates write: four hundred attacks in every place, and none runs.

All attacks stand in one page for each place.  The page is compared with the same page of harmless
values, element by element as the browser built it; its handlers are called; and every request is
seen, so that none leaves for a host that a value has chosen.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route

from groundup_templating import Template

CORPUS = Path(__file__).parents[2] / "packages" / "templating" / "tests" / "attacks.json"
SURROGATES = range(0xD800, 0xE000)  # no page in UTF-8 can hold them
ATTACKS: list[str] = [
    attack
    for attack in json.loads(CORPUS.read_text(encoding="utf-8"))
    if not any(ord(character) in SURROGATES for character in attack)
]
# What asks the network for each value is given those that begin like a URL.
URLS = [attack for attack in ATTACKS if re.match(r"[\x00-\x20]*(?:[\w\s-]+:|[/\\?@.&%])", attack)]
LOADING = {"frame", "plug-in", "script-src", "style-link", "import"}
SITE, URL = "site.example", "http://site.example/a/page"

POSITIONS = {
    "text": "<p>{{ x }}</p>",
    "comment": "<p><!-- {{ x }} --></p>",
    "title": "<svg><title>{{ x }}</title></svg>",
    "textarea": "<textarea>{{ x }}</textarea>",
    "double": '<p title="{{ x }}">a</p>',
    "single": "<p title='{{ x }}' class='a {{ x }}'>a</p>",
    "unquoted": "<p title={{ x }} id=i{{ x }} lang=en>a</p>",
    "data": "<p data-a='{{ x }}' data-b={{ x }}>a</p>",
    "link": "<a href='{{ x }}'>a</a><a href={{ x }}>b</a><a href='{{ x }}{{ x }}'>c</a>",
    "path": "<a href='/{{ x }}'>a</a><a href='/a/{{ x }}?q={{ x }}#{{ x }}'>b</a>",
    "form": "<form action='{{ x }}'><button formaction='{{ x }}'>a</button></form>",
    "frame": "<iframe src='{{ x }}'></iframe>",
    "srcdoc": "<iframe srcdoc='<p>{{ x }}</p>'></iframe>",
    "script-src": "<script src='{{ x }}'></script><script src='/{{ x }}{{ x }}'></script>",
    "style-link": "<link rel='stylesheet' href='{{ x }}'>",
    "import": "<style>@import '{{ x }}';</style><style>@import url({{ x }});</style>",
    "plug-in": "<object data='{{ x }}'></object><embed src='{{ x }}'>",
    "svg": (
        "<svg><use href='{{ x }}'/><a xlink:href='{{ x }}'><text>a</text>"
        "<animate attributeName='href' values='{{ x }}' dur='9s' fill='freeze'/>"
        "<set attributeName='href' to='{{ x }}'/></a></svg>"
    ),
    "handler": "<b onclick='f({{ x }})'>a</b>",
    "handler-string": "<b onclick='f(\"{{ x }}\")'>a</b>",
    "handler-unquoted": "<b onclick=f({{ x }}) id=a>a</b>",
    "script-value": "<script>f({{ x }});</script>",
    "script-double": '<script>f("{{ x }}");</script>',
    "script-single": "<script>f('{{ x }}');</script>",
    "script-literal": "<script>f(`{{ x }}`);</script>",
    "script-nested": "<script>f(`${ {{ x }} }`);</script>",
    "json": "<script type='application/json'>{{ x }}</script>",
    "style": "<style>a { color: {{ x }}; } b { content: '{{ x }}'; }</style>",
    "style-attribute": "<p style='color: {{ x }}; font-family: \"{{ x }}\"'>a</p>",
}
HANDLED = {name for name in POSITIONS if name.startswith(("handler", "script-"))} - {"script-src"}

WATCH = """
window.calls = [];
window.f = value => calls.push(value);
for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = () => console.error("ALARM " + name);
Object.defineProperty(window, "pwned", {set() { console.error("ALARM") }, configurable: false});
"""
READ = """() => {
    const shape = element => element.tagName + " " + element.getAttributeNames().join(" ");
    const all = [...document.querySelectorAll("body *")];
    const inner = [...document.querySelectorAll("iframe[srcdoc]")].flatMap(
        frame => [...frame.contentDocument.querySelectorAll("*")]);
    const base = document.baseURI;
    const scheme = url => URL.canParse(url, base) ? new URL(url, base).protocol : "none:";
    const urls = all.flatMap(e => [
        e.tagName == "A" ? e.href : "", e.formAction, e.action, e.src, e.data,
        e.href?.animVal, e.getAttribute("values"), e.getAttribute("to"),
    ]).filter(url => typeof url == "string" && url);
    for (const element of all)
        for (const kind of ["click", "mouseover", "focus", "toggle", "load", "error"])
            if (kind != "click" || element.tagName == "B")
                element.dispatchEvent(new Event(kind));
    return {
        shapes: all.map(shape), inner: inner.map(shape),
        schemes: [...new Set(urls.map(scheme))],
        rules: [...document.querySelectorAll("style")].map(e => e.sheet.cssRules.length),
        calls, json: all.filter(e => e.type == "application/json").map(e => e.textContent),
    };
}"""


class Watched:
    """A page whose scripts, dialogs and requests are seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.alarms: list[str] = []
        self.hosts: set[str | None] = set()
        self.html = ""
        page.add_init_script(WATCH)
        page.route("**/*", self._answer)
        page.on("dialog", self._dismiss)
        page.on("console", self._listen)

    def _answer(self, route: Route) -> None:
        self.hosts.add(urlsplit(route.request.url).hostname)
        if route.request.url == URL:
            route.fulfill(content_type="text/html; charset=utf-8", body=self.html)
        else:
            route.fulfill(status=404, content_type="text/plain", body="nothing")

    def _dismiss(self, dialog: Dialog) -> None:
        self.alarms.append(dialog.message)
        dialog.dismiss()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.text.startswith("ALARM"):
            self.alarms.append(message.text)

    def read(self, html: str) -> dict[str, Any]:
        """Load a page and return what the browser made of it."""
        self.html = f"<!DOCTYPE html><html><head></head><body>{html}</body></html>"
        self.page.goto(URL, wait_until="load")
        found: dict[str, Any] = self.page.evaluate(READ)
        return found


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context()
    yield Watched(context.new_page())
    context.close()


@pytest.mark.parametrize("name", POSITIONS)
def test_no_attack_runs(name: str, watched: Watched) -> None:
    attacks = URLS if name in LOADING else ATTACKS
    template = Template("{% for x in attacks %}" + POSITIONS[name] + "\n{% endfor %}")

    harmless = watched.read(template.render(attacks=["x"]))
    found = watched.read(template.render(attacks=attacks))

    assert watched.alarms == []
    assert watched.hosts == {SITE}
    assert found["shapes"] == harmless["shapes"] * len(attacks)
    assert found["inner"] == harmless["inner"] * len(attacks)
    assert found["rules"] == harmless["rules"] * len(attacks)
    assert set(found["schemes"]) <= {"http:", "https:", "mailto:", "tel:", "about:", "none:"}
    assert found["calls"] == (attacks if name in HANDLED else [])
    assert [json.loads(text) for text in found["json"]] == (attacks if name == "json" else [])


def test_the_watch_sees_what_runs(watched: Watched) -> None:
    page = "<script>window.pwned=1</script><img src=//evil.example/a onerror=alert(1)>"
    found = watched.read(f"{page}<b onclick='f(1);alert(2)'></b><a href='javascript:x'>")
    watched.page.wait_for_timeout(100)

    assert len(watched.alarms) >= 3
    assert watched.hosts == {SITE, "evil.example"}
    assert "javascript:" in found["schemes"]
    assert found["calls"] == [1]


def test_there_are_enough_attacks_and_places() -> None:
    assert len(set(ATTACKS)) >= 150
    assert len(set(URLS)) >= 80
    assert len(POSITIONS) >= 12
