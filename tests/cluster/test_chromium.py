"""Chromium as a client: what a browser does with the wire, and no page of ours decides."""

import json
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

playwright: Any = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: the group `browser`"
)

MEGABYTE = 1024 * 1024
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--no-sandbox"),
    *("--disable-background-networking", "--disable-component-update"),
]
CONNECTIONS = 6  # that a browser opens to one host


@pytest.fixture(params=["asyncio", "threads"])
def live(request: pytest.FixtureRequest, serve: Callable[..., Any]) -> Any:
    """A server of either kind."""
    return serve(loop=request.param)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser; it runs a loop in this thread, so it must not outlive this module."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on the PATH: install the system's package `chromium`")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, live: Any) -> Iterator[Any]:
    """A page of the server, of a visitor who comes for the first time."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{live.url}/page")
    yield page
    context.close()


def heard(live: Any) -> list[dict[str, Any]]:
    """Return what the server has heard of versions and files."""
    found: list[dict[str, Any]] = json.loads(live.get("/heard").partition(b"\r\n\r\n")[2])
    return found


MANY = """async () => {
    for (let i = 0; i < 20; i++) await (await fetch("/version", {cache: "no-store"})).text();
    await Promise.all(Array.from({length: 50}, () =>
        fetch("/version", {cache: "no-store"}).then(answer => answer.text())));
    return performance.getEntriesByType("resource").map(entry => entry.nextHopProtocol);
}"""


def test_connections_are_used_again(page: Any, live: Any) -> None:
    protocols = page.evaluate(MANY)

    assert len(protocols) >= 70
    assert set(protocols) == {"http/1.1"}
    connections = [entry["from"] for entry in heard(live)]
    assert len(connections) == 70
    assert len(set(connections)) <= CONNECTIONS
    assert len(set(connections[:20])) == 1


STREAM = """async () => {
    const reader = (await fetch("/stream?size=3000000")).body.getReader();
    let size = 0, pieces = 0;
    for (;;) {
        const {done, value} = await reader.read();
        if (done) return {size, several: pieces > 1};
        size += value.length;
        pieces += 1;
    }
}"""


def test_chunks_are_read_as_they_come(page: Any) -> None:
    assert page.evaluate(STREAM) == {"size": 3_000_000, "several": True}


def test_a_form_is_sent(page: Any) -> None:
    page.fill("#plain [name=name]", "Z\u00fcrich & more\u2026")
    with page.expect_navigation():
        page.press("#plain [name=name]", "Enter")

    found = json.loads(page.inner_text("body"))
    assert found == {"fields": {"name": "Z\u00fcrich & more\u2026"}, "files": {}}


def test_a_form_with_files_is_sent(page: Any, tmp_path: Path) -> None:
    names = ["one \u00e4.bin", 'two ".bin', "three"]
    files = [tmp_path / name for name in names]
    for number, file in enumerate(files):
        file.write_bytes(bytes(number * MEGABYTE))
    page.fill("#files [name=name]", "\u00c4lice")
    page.set_input_files("#files [name=one]", files[1])
    page.set_input_files("#files [name=many]", files)

    with page.expect_navigation():
        page.evaluate("document.querySelector('#files').submit()")

    assert json.loads(page.inner_text("body")) == {
        "fields": {"name": "\u00c4lice"},
        "files": {"one": [MEGABYTE], "many": [0, MEGABYTE, 2 * MEGABYTE]},
    }


TWICE = """async () => {
    const texts = [];
    for (const cache of ["default", "default", "no-store"])
        texts.push(await (await fetch("/version", {cache})).text());
    return texts;
}"""


def test_what_is_kept_is_asked_for_again(page: Any, live: Any) -> None:
    assert page.evaluate(TWICE) == ["content"] * 3

    said = [(entry["status"], entry.get("If-None-Match")) for entry in heard(live)]
    assert said == [(200, None), (304, '"second"'), (200, None)]


def test_a_player_reads_a_file_in_parts(page: Any, live: Any, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(bytes(2 * 44_100 * 600))

    where = page.evaluate("""() => new Promise((resolve, reject) => {
        const audio = new Audio("/files/sound.wav");
        audio.preload = "metadata";
        audio.onloadedmetadata = () => { audio.currentTime = audio.duration - 5; };
        audio.onseeked = () => resolve(Math.round(audio.currentTime));
        audio.onerror = () => reject(audio.error.message);
    })""")

    assert where == 595
    ranges = [(entry["status"], entry.get("Range", "")) for entry in heard(live)]
    assert ranges[0] == (206, "bytes=0-")
    assert any(status == 206 and text != "bytes=0-" for status, text in ranges)


PARTS = """async () => {
    const get = async fields => {
        const answer = await fetch("/files/file.pdf", {headers: fields, cache: "no-store"});
        const bytes = await answer.arrayBuffer();
        return [answer.status, bytes.byteLength, answer.headers.get("Content-Range")];
    };
    const tag = (await fetch("/files/file.pdf", {method: "HEAD"})).headers.get("ETag");
    return [
        await get({Range: "bytes=-100"}),
        await get({Range: "bytes=1000-1999", "If-Range": tag}),
        await get({Range: "bytes=1000-1999", "If-Range": '"other"'}),
    ];
}"""


def test_a_viewer_reads_a_file_in_parts(page: Any, tmp_path: Path) -> None:
    (tmp_path / "file.pdf").write_bytes(b"%PDF" * 250_000)

    assert page.evaluate(PARTS) == [
        [206, 100, "bytes 999900-999999/1000000"],
        [206, 1000, "bytes 1000-1999/1000000"],
        [200, 1_000_000, None],
    ]


UPLOAD = """async () => {
    const answer = await fetch("/echo", {method: "POST", body: new Uint8Array(3000000)});
    return (await answer.arrayBuffer()).byteLength;
}"""


def test_bytes_are_sent_and_come_back(page: Any) -> None:
    assert page.evaluate(UPLOAD) == 3_000_000


LEAVE = """async () => {
    const names = [];
    for (let i = 0; i < 5; i++) {
        const leaving = new AbortController();
        const answer = await fetch("/stream?size=1000000000", {signal: leaving.signal});
        const reading = answer.arrayBuffer().catch(error => error.name);
        leaving.abort();
        names.push(await reading);
    }
    return names;
}"""


def test_a_download_that_is_left_frees_its_connection(page: Any, live: Any) -> None:
    before = live.descriptors

    assert page.evaluate(LEAVE) == ["AbortError"] * 5

    live.wait_until_free(before + CONNECTIONS)
    assert page.evaluate("fetch('/').then(answer => answer.text())") == "Hello, World!"
    assert live.log == ""
