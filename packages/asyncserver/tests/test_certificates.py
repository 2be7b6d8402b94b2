"""groundup_asyncserver.certificates: renewed while connections stay open, and never by half."""

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from groundup_asyncserver import ListenError, Server, ServerConfig, server
from groundup_asyncserver.certificates import Certificate
from groundup_messages import Request, Response

FIRST, SECOND = (Path(__file__).with_name(name) for name in ("localhost.pem", "renewed.pem"))


def split(path: Path) -> tuple[str, str]:
    """Return key and certificate of a file that has both."""
    key, mark, rest = path.read_text().partition("-----END PRIVATE KEY-----\n")
    return key + mark, rest


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The first certificate and its key, in two files."""
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    key.write_text(split(FIRST)[0])
    chain.write_text(split(FIRST)[1])
    return chain, key


def served(port: int) -> str:
    """Return the certificate that a new connection is shown."""
    return ssl.get_server_certificate(("127.0.0.1", port)).strip()


async def hello(request: Request) -> Response:
    return Response(200, request.scheme)


async def test_who_comes_later_is_shown_the_new_one(files: Any) -> None:
    config = ServerConfig(port=0, certificate=str(files[0]), private_key=str(files[1]))
    trusting = ssl.create_default_context(cafile=str(FIRST))
    async with Server(hello, config) as serving:
        assert serving.url.startswith("https://")
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", serving.port, ssl=trusting, server_hostname="localhost"
        )
        for file, text in zip(files, reversed(split(SECOND)), strict=True):
            file.write_text(text)

        assert serving.renew_certificate()

        assert await asyncio.to_thread(served, serving.port) == split(SECOND)[1].strip()
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert (await reader.read()).endswith(b"https")
        writer.close()


async def test_changed_files_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CERTIFICATE_LOOK", 0.01)
    both = tmp_path / "both.pem"
    shutil.copy(FIRST, both)
    async with Server(hello, ServerConfig(port=0, certificate=str(both))) as serving:
        assert await asyncio.to_thread(served, serving.port) in both.read_text()
        shutil.copy(SECOND, tmp_path / "new.pem")
        (tmp_path / "new.pem").replace(both)

        for _ in range(300):
            await asyncio.sleep(0.01)
            if await asyncio.to_thread(served, serving.port) in SECOND.read_text():
                break
        else:
            pytest.fail("the old certificate is still served")


def test_half_of_a_pair_changes_nothing(files: Any, caplog: pytest.LogCaptureFixture) -> None:
    chain, key = files
    certificate = Certificate(str(chain), str(key))
    assert not certificate.changed

    chain.write_text(split(SECOND)[1])

    assert certificate.changed
    assert not certificate.renew()
    assert not certificate.changed
    assert "certificate is left as it was" in caplog.text
    key.write_text(split(SECOND)[0])
    assert certificate.renew()


def test_a_file_that_is_gone_is_said_once(files: Any) -> None:
    certificate = Certificate(*map(str, files))

    files[0].unlink()

    assert certificate.changed
    assert not certificate.renew()
    assert not certificate.changed


@pytest.mark.parametrize("content", [None, "no certificate", "half"])
def test_what_is_no_certificate_is_one_clear_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "chain.pem"
    if content is not None:
        path.write_text(split(FIRST)[1] if content == "half" else content)

    with pytest.raises(ListenError, match=r"certificate must be a PEM file with its key, got "):
        Certificate(str(path))


async def test_a_server_without_files_has_nothing_to_renew() -> None:
    async with Server(hello, ServerConfig(port=0)) as serving:
        assert not serving.renew_certificate()


PROGRAM = """
import sys
from groundup_asyncserver import serve
from groundup_messages import Response
serve(
    lambda request: Response(200), port=0, workers=int(sys.argv[2]), certificate=sys.argv[1],
    announce=lambda server: print(server.port, flush=True),
)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGHUP")
@pytest.mark.parametrize("workers", [1, 2])
def test_sighup_renews_it_in_every_worker(tmp_path: Path, workers: int) -> None:
    both = tmp_path / "both.pem"
    shutil.copy(FIRST, both)
    command = [sys.executable, "-c", PROGRAM, str(both), str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        shutil.copy(SECOND, both)
        process.send_signal(signal.SIGHUP)

        shown = ""
        for _ in range(500):
            if (shown := served(port)) in SECOND.read_text():
                break
        process.terminate()
        process.wait(20)

    assert shown in SECOND.read_text()
    assert process.returncode == 0


def test_tls_1_1_is_refused(files: Any) -> None:
    certificate = Certificate(*map(str, files))

    assert certificate.context.minimum_version >= ssl.TLSVersion.TLSv1_2
