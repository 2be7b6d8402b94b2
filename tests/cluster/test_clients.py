"""Clients that others have written, each with what it does in its own way."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

MEGABYTE = 1024 * 1024


def run(*command: str) -> str:
    """Run a client; return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def curl(program: Callable[[str], str]) -> Callable[..., str]:
    path = program("curl")
    return lambda *arguments: run(path, "--silent", "--show-error", *arguments)


@pytest.mark.parametrize("version", ["--http1.0", "--http1.1"])
def test_curl_uses_a_connection_again(curl: Any, live: Any, version: str) -> None:
    keep = ["--header", "Connection: keep-alive"] if version == "--http1.0" else []

    answer = curl(version, *keep, "--write-out", " %{num_connects}\n", live.url, live.url)

    assert answer == "Hello, World! 1\nHello, World! 0\n"


def test_curl_asks_for_a_head(curl: Any, live: Any) -> None:
    answer = curl("--head", f"{live.url}/bytes?size=1000")

    assert answer.startswith("HTTP/1.1 200 OK\n")
    assert "Content-Length: 1000\n" in answer


@pytest.mark.parametrize("version", ["--http1.0", "--http1.1"])
@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
def test_curl_reads_a_stream_to_its_end(curl: Any, live: Any, version: str, size: int) -> None:
    answer = curl(version, f"{live.url}/stream?size={size}")

    assert len(answer) == size


def test_curl_waits_until_its_body_is_asked_for(curl: Any, live: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 2 * MEGABYTE)

    # It would wait for 30 seconds; asked at once, it does not wait at all.
    answer = curl(
        *("--expect100-timeout", "30", "--max-time", "20", "--header", "Expect: 100-continue"),
        *("--data-binary", f"@{file}", "--output", str(tmp_path / "answer")),
        *("--write-out", "%{http_code} %{size_upload}", f"{live.url}/echo"),
    )

    assert answer == f"200 {2 * MEGABYTE}"
    assert (tmp_path / "answer").read_bytes() == file.read_bytes()


def test_curl_is_told_before_it_sends_what_is_too_large(
    curl: Any, serve: Callable[..., Any], tmp_path: Path
) -> None:
    live = serve(max_body=MEGABYTE)
    file = tmp_path / "file"
    file.write_bytes(b"x" * 2 * MEGABYTE)

    answer = curl(
        *("--expect100-timeout", "30", "--max-time", "20", "--header", "Expect: 100-continue"),
        *("--data-binary", f"@{file}", "--output", "-"),
        *("--write-out", "%{http_code} %{size_upload}", f"{live.url}/echo"),
    )

    assert "body must not be larger than 1048576 bytes, got 2097152" in answer
    assert answer.endswith("\n413 0")


def test_curl_sends_chunks(curl: Any, live: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * MEGABYTE)

    answer = curl(
        *("--header", "Transfer-Encoding: chunked", "--data-binary", f"@{file}"),
        *("--output", str(tmp_path / "answer"), "--write-out", "%{http_code}"),
        f"{live.url}/echo",
    )

    assert answer == "200"
    assert (tmp_path / "answer").stat().st_size == MEGABYTE


def test_curl_sends_a_form_with_files(curl: Any, live: Any, tmp_path: Path) -> None:
    file = tmp_path / "file.png"
    file.write_bytes(b"x" * 3 * MEGABYTE)

    answer = curl("--form", "name=Alice", "--form", f"picture=@{file}", f"{live.url}/form")

    assert json.loads(answer) == {"fields": {"name": "Alice"}, "files": {"picture": [3 * MEGABYTE]}}


async def test_httpx_uses_connections_again(live: Any) -> None:
    before = live.descriptors
    async with httpx.AsyncClient(base_url=live.url) as client:
        for size in (0, 1, 70_000, 1_000_000):
            answer = await client.get(f"/stream?size={size}")
            assert len(answer.content) == size
            echoed = await client.post("/echo", content=answer.content)
            assert echoed.content == answer.content
        assert live.descriptors <= before + 2


def test_ab_keeps_its_connections(program: Callable[[str], str], live: Any) -> None:
    answer = run(program("ab"), "-q", "-k", "-n", "2000", "-c", "20", f"{live.url}/")

    assert "Complete requests:      2000\n" in answer
    assert "Failed requests:        0\n" in answer
    assert "Keep-Alive requests:    2000\n" in answer


def test_ab_closes_its_connections(program: Callable[[str], str], live: Any) -> None:
    answer = run(program("ab"), "-q", "-n", "500", "-c", "20", f"{live.url}/")

    assert "Complete requests:      500\n" in answer
    assert "Failed requests:        0\n" in answer


def test_wrk_sees_no_error(program: Callable[[str], str], live: Any) -> None:
    answer = run(program("wrk"), "-t", "1", "-c", "50", "-d", "1s", f"{live.url}/bytes?size=2000")

    assert "Requests/sec" in answer
    assert "Socket errors" not in answer
    assert "Non-2xx" not in answer


NODE = """
const url = process.argv[1];
const many = await Promise.all(Array.from({length: 50}, async (_, number) => {
    const answer = await fetch(`${url}/stream?size=${number * 1000}`);
    return (await answer.text()).length === number * 1000;
}));
const stream = new ReadableStream({
    start(controller) {
        for (let i = 0; i < 100; i++) controller.enqueue(new Uint8Array(1000));
        controller.close();
    },
});
const echoed = await fetch(`${url}/echo`, {method: "POST", body: stream, duplex: "half"});
const form = new FormData();
form.append("name", "Älice");
form.append("file", new Blob(["12345"]), "a.txt");
const sent = await fetch(`${url}/form`, {method: "POST", body: form});
const aborting = new AbortController();
setTimeout(() => aborting.abort(), 50);
const aborted = await fetch(`${url}/forever`, {signal: aborting.signal}).catch(e => e.name);
console.log(JSON.stringify({
    many: many.every(Boolean),
    echoed: (await echoed.arrayBuffer()).byteLength,
    form: await sent.json(),
    aborted,
}));
"""


def test_fetch_of_node_does_what_browsers_do(program: Callable[[str], str], live: Any) -> None:
    before = live.descriptors

    answer = json.loads(run(program("node"), "--input-type=module", "--eval", NODE, live.url))

    assert answer == {
        "many": True,
        "echoed": 100_000,
        "form": {"fields": {"name": "Älice"}, "files": {"file": [5]}},
        "aborted": "AbortError",
    }
    live.wait_until_free(before)
    assert live.log == ""
