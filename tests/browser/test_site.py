"""The built site, page by page, as a reader's browser sees it: phone and desk, light and dark.

``SITE`` names a folder with a site that is built already; without it the site is built first.
``SCREENSHOTS`` names a folder for pictures of every page.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT = Path(__file__).parents[2]
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
CHECKS = (Path(__file__).with_name("checks.js")).read_text(encoding="utf-8")
PHONE = 390
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(1280, id="desk")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    if given := os.environ.get("SITE"):
        return Path(given)
    built = tmp_path_factory.mktemp("site")
    for command in (
        ["groundup_course.generate"],
        ["groundup_course.site"],
        ["mkdocs", "build", "--strict", "-d", str(built)],
    ):
        subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **QUIET}, check=True
        )
    return built


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The site, served."""

    class Files(SimpleHTTPRequestHandler):
        def guess_type(self, path: Any) -> str:
            return "text/javascript" if str(path).endswith(".mjs") else super().guess_type(path)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def look(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open pages that may ask no other host, and whose console stays empty."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site, "data:", "blob:"))
                else problems.append(f"{page.url} asks {request.url}")
            ),
        )
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: problems.append(f"{page.url}: {message.text}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


def pages_of(folder: Path) -> list[str]:
    """Return the addresses of all pages."""
    found = folder.rglob("index.html")
    return sorted(str(path.parent.relative_to(folder).as_posix()) + "/" for path in found)


@pytest.mark.parametrize("width", SIZES)
def test_every_page(width: int, look: Callable[..., Page], site: str, folder: Path) -> None:
    page, problems = look(width, reduced_motion="reduce"), list[str]()
    page.add_init_script(CHECKS)
    shots = os.environ.get("SCREENSHOTS")
    for path in pages_of(folder):
        page.goto(urljoin(site, path), wait_until="load")
        for scheme in ("default", "slate"):
            page.evaluate("name => document.body.dataset.mdColorScheme = name", scheme)
            # Form does not change with the colours, nor colours with the width.
            what = {"form": scheme == "default", "colours": width > PHONE}
            found: list[str] = page.evaluate("what => check(what)", what)
            problems += [f"{path} at {width} in {scheme}: {one}" for one in found]
            if shots:
                name = f"{path.strip('./').replace('/', '_') or 'home'}-{width}-{scheme}.png"
                page.screenshot(path=str(Path(shots) / name), full_page=True)

    assert not problems, "\n".join(problems)


def test_the_theme_follows_the_system(look: Callable[..., Page], site: str) -> None:
    page = look(color_scheme="dark")
    page.goto(site)

    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_a_keyboard_reaches_the_text_and_shows_where_it_is(
    look: Callable[..., Page], site: str
) -> None:
    page = look(reduced_motion="reduce")
    page.goto(urljoin(site, "03-router/"))

    page.keyboard.press("Tab")
    expect(page.locator(".md-skip")).to_be_focused()
    expect(page.locator(".md-skip")).to_be_in_viewport()
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", page.evaluate("document.activeElement.outerHTML")
        assert outline[1] >= 2
    page.goto(urljoin(site, "03-router/"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert urldefrag(page.url)[1]


def test_the_pictures_links_can_be_walked_and_seen(look: Callable[..., Page], site: str) -> None:
    page = look()
    page.goto(urljoin(site, "03-router/"))
    lit = page.locator(".drawn .wide a[aria-current=page]")

    lit.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")

    expect(lit).to_be_focused()
    width = lit.locator("rect").evaluate("box => parseFloat(getComputedStyle(box).strokeWidth)")
    assert width >= 2
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/06-templating/")


def test_nothing_moves_for_who_does_not_want_it(look: Callable[..., Page], site: str) -> None:
    page = look(reduced_motion="reduce")
    page.goto(site)

    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('*')].map(one =>"
        " parseFloat(getComputedStyle(one).transitionDuration)))"
    )

    assert longest < 0.01


@pytest.mark.parametrize("width", SIZES)
def test_the_search_finds(width: int, look: Callable[..., Page], site: str) -> None:
    page = look(width)
    page.goto(site)
    if width < 900:
        page.locator("label.md-header__button[for=__search]").click()

    page.locator(".md-search__input").fill("backtracking")

    first = page.locator(".md-search-result__link").first
    expect(first).to_be_visible(timeout=15_000)
    first.click()
    page.wait_for_url(re.compile("03-router|glossary"))


def test_a_page_prints_without_its_frame(look: Callable[..., Page], site: str) -> None:
    page = look()
    page.goto(urljoin(site, "03-router/"))
    page.emulate_media(media="print")

    expect(page.locator(".md-header")).to_be_hidden()
    expect(page.locator(".md-sidebar").first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


class Links(HTMLParser):
    """Collect where a page leads, and the places in it that others may lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if place := values.get("id"):
            self.places.add(place)
        for key in ("href", "src"):
            if tag != "link" and (target := values.get(key)):
                self.targets.append(target)


def test_every_link_leads_somewhere(folder: Path) -> None:
    read: dict[str, Links] = {}
    for path in pages_of(folder):
        read[path.removeprefix("./")] = links = Links()
        links.feed((folder / path / "index.html").read_text(encoding="utf-8"))
    broken: set[str] = set()
    for path, links in read.items():
        for target in links.targets:
            address, place = urldefrag(urljoin(f"http://site/{path}", target))
            if urlsplit(address).netloc != "site" or not address.startswith("http"):
                continue
            found = urlsplit(address).path.lstrip("/")
            if found in read:
                if place and place not in read[found].places:
                    broken.add(f"{path} → {target}: no such place")
            elif not (folder / found).is_file():
                broken.add(f"{path} → {target}")

    assert broken == set()


def test_programs_in_the_pages_print_what_stands_below_them(
    look: Callable[..., Page], site: str, folder: Path
) -> None:
    if not (folder / "assets/playground/pyodide").is_dir():
        pytest.skip("Python for browsers is not there: run course/playground/vendor.py first")
    found = [path for path in pages_of(folder) if "playground" in read_page(folder, path)]
    for path in found:
        page = look()
        page.goto(urljoin(site, path))
        for box in page.locator(".playground:not([data-grade])").all():
            printed = box.locator("pre code").last.inner_text()

            box.get_by_role("button", name="Run it here").click()

            expect(box.get_by_role("status")).to_have_text("Done.", timeout=60_000)
            assert box.locator("pre code").last.inner_text() == printed
    assert len(found) >= 4


def read_page(folder: Path, path: str) -> str:
    """Return the boxes of programs in a page."""
    text = (folder / path / "index.html").read_text(encoding="utf-8")
    return " ".join(re.findall(r'<div class="playground"[^>]*>', text))
