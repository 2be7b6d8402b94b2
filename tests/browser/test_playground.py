"""Playgrounds: the packages run in the page, and the page stays the master of what runs."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from groundup_course.chapter import CHAPTERS
from groundup_course.visual import EXAMPLES, box

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "course/playground/vendor.py"
ASSETS = ROOT / "course/docs/assets"
START = 60_000  # milliseconds for Python to start, on a slow machine
STEPS = CHAPTERS / "router/steps"
PROGRAM = """\
from groundup_router import Router

router = Router()
router.add("/users/:id", "user")
print(router.match("/users/7")["params"])
"""
PRINTED = "{'id': '7'}\n"


class Files(SimpleHTTPRequestHandler):
    """A file server that knows modules, and keeps quiet."""

    def guess_type(self, path: Any) -> str:
        return "text/javascript" if str(path).endswith(".mjs") else super().guess_type(path)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def block(text: str) -> str:
    return f'<div class="highlight"><pre><code>{escape(text)}</code></pre></div>'


def playground(packages: str, *blocks: str, attributes: str = "") -> str:
    inner = "".join(map(block, blocks))
    return f'<div class="playground" data-packages="{packages}" {attributes}>{inner}</div>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with a playground of each kind, served from this machine."""
    done = subprocess.run(
        [sys.executable, str(VENDOR)], capture_output=True, check=False, text=True
    )
    if done.returncode:
        pytest.skip(f"Python for browsers cannot be had here: {done.stderr.strip()}")
    folder = tmp_path_factory.mktemp("site")
    (folder / "assets").symlink_to(ASSETS)
    step = (STEPS / "step4.py").read_text()
    body = (
        playground("groundup_router", PROGRAM, PRINTED)
        + playground("groundup_course groundup_testing", step, attributes='data-grade="router"')
        + "".join(map(box, EXAMPLES))
    )
    head = (
        '<meta charset="utf-8"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="assets/playground/playground.css">'
    )
    script = '<script type="module" src="assets/playground/playground.mjs"></script>'
    page = f"<!doctype html><html><head>{head}</head><body>{body}{script}</body></html>"
    (folder / "index.html").write_text(page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Everything that pages asked for."""
    return []


@pytest.fixture(scope="module")
def opened(site: str, browser: Browser, asked: list[str]) -> Iterator[Page]:
    """One page for all tests: Python takes seconds to start."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    yield page
    context.close()
    # Whatever was done: nothing came from another host.
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert hosts == {urlsplit(site).netloc}


@pytest.fixture
def page(opened: Page) -> Page:
    """The page with every program as it was in the beginning."""
    for button in opened.get_by_role("button", name="Reset").all():
        button.click()
    return opened


def run(box: Locator, ending: str) -> None:
    box.get_by_role("button", name="Run it here").click()
    expect(box.get_by_role("status")).to_have_text(ending, timeout=START)


def test_nothing_of_python_is_fetched_before_the_click(
    site: str, person: Callable[..., Page]
) -> None:
    page = person()
    paths: list[str] = []
    page.on("request", lambda request: paths.append(urlsplit(request.url).path))

    page.goto(site)
    page.wait_for_load_state("networkidle")

    assert any(path.endswith("playground.mjs") for path in paths)
    assert not [path for path in paths if "pyodide" in path or "packages" in path]
    assert not [path for path in paths if path.endswith("editor.mjs")]


def test_a_program_prints_what_the_page_says(page: Page) -> None:
    box = page.locator(".playground").first

    run(box, "Done.")

    assert box.locator("pre code").inner_text().strip() == PRINTED.strip()


def test_what_never_ends_can_be_stopped_and_the_next_run_works(page: Page) -> None:
    box = page.locator(".playground").first
    run(box, "Done.")
    editor = box.locator(".cm-content")

    editor.fill("print('begins')\nwhile True: pass")
    box.get_by_role("button", name="Run it here").click()
    expect(box.get_by_role("status")).to_have_text("Running …", timeout=START)
    box.get_by_role("button", name="Stop").click()
    expect(box.get_by_role("status")).to_have_text("Stopped.")

    box.get_by_role("button", name="Reset").click()
    run(box, "Done.")
    assert box.locator("pre code").inner_text().strip() == PRINTED.strip()


def test_an_error_shows_the_readers_lines_only(page: Page) -> None:
    box = page.locator(".playground").first
    run(box, "Done.")
    box.locator(".cm-content").fill("def f():\n    return 1 / 0\nf()")

    run(box, "The program ended with an error.")

    shown = box.locator("pre code").inner_text()
    assert shown.splitlines()[0] == "Traceback (most recent call last):"
    assert 'File "<your program>", line 2, in f' in shown
    assert "pyodide" not in shown


def test_the_keyboard_runs_a_program_and_leaves_the_editor(page: Page) -> None:
    box = page.locator(".playground").first
    run(box, "Done.")
    box.locator(".cm-content").fill("print('by keyboard')")

    box.locator(".cm-content").press("Control+Enter")
    expect(box.locator("pre code")).to_contain_text("by keyboard", timeout=START)
    box.locator(".cm-content").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    assert page.evaluate("!document.activeElement.closest('.cm-editor')")


def test_a_right_program_passes_every_milestone_in_the_page(page: Page) -> None:
    box = page.locator("[data-grade]")

    run(box, "Done.")

    shown = box.locator("pre code").inner_text()
    assert [f"✓ milestone {number}" in shown for number in (1, 2, 3, 4)] == [True] * 4


def test_a_wrong_program_gets_its_message_in_the_page(page: Page) -> None:
    box = page.locator("[data-grade]")
    run(box, "Done.")
    box.locator(".cm-content").fill((STEPS / "step1.py").read_text())

    run(box, "Done.")

    shown = box.locator("pre code").inner_text()
    assert "✓ milestone 1" in shown
    assert "because" in shown


@pytest.mark.parametrize(
    ("name", "field", "text", "shown"),
    [
        ("router", "path", "/users/7/postz", "No route."),
        ("httpparse", "request", "GET / HTTP/1.1\nHost : x\n\n", "400"),
        ("templating", "template", "<p>{{ new_name }}</p>", "new_name"),
    ],
)
def test_a_picture_is_drawn_anew(page: Page, name: str, field: str, text: str, shown: str) -> None:
    box = page.locator(f'[data-visual="{name}"]')
    box.locator(f"[name={field}]").fill(text)

    box.get_by_role("button", name="Draw it anew").click()

    expect(box.get_by_role("status")).to_have_text("Done.", timeout=START)
    expect(box.locator(".visual-picture")).to_contain_text(shown)


def test_parts_that_belong_together_light_up_together(
    site: str, person: Callable[..., Page]
) -> None:
    page = person()
    page.goto(site)
    box = page.locator('[data-visual="httpparse"]')

    box.locator("mark.method").hover()

    assert box.locator(".lit").count() == 2
