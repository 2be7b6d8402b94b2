"""Proxies that stand before servers, with connections that they keep."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

PATIENCE = 20 * float(os.environ.get("GROUNDUP_SLOW", "1"))
KEPT = 8  # connections that a proxy keeps

NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream server {{ server 127.0.0.1:{server}; keepalive {kept}; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://server;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host inside;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header Forwarded 'for=$remote_addr;proto=https;host="$http_host"';
            proxy_request_buffering off;
            proxy_buffering off;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn 256
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    http-reuse always
    option abortonclose
    option forwardfor
frontend front
    bind 127.0.0.1:{port}
    http-request set-header X-Forwarded-Proto https
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request add-header Forwarded for=%[src];proto=https;host=\"%[req.hdr(host)]\"
    http-request set-header Host inside
    default_backend back
backend back
    server one 127.0.0.1:{server} pool-max-conn {kept}
"""


@contextmanager
def run_proxy(name: str, path: str, live: Any, tmp_path: Path) -> Generator[str]:
    """Start a proxy before a server; give its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    template = NGINX if name == "nginx" else HAPROXY
    settings = tmp_path / "settings"
    user = "user root;" if os.geteuid() == 0 else ""
    settings.write_text(
        template.format(folder=tmp_path, server=live.port, port=port, kept=KEPT, user=user)
    )
    command = [path, "-c" if name == "nginx" else "-f", str(settings)]
    with ExitStack() as stack, (tmp_path / "proxy.log").open("w") as log:
        process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
        stack.callback(process.terminate)
        end = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, (tmp_path / "proxy.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=["nginx", "haproxy"])
def proxy(
    request: pytest.FixtureRequest, program: Callable[[str], str], live: Any, tmp_path: Path
) -> Iterator[str]:
    """The URL of a proxy before the server."""
    with run_proxy(request.param, program(request.param), live, tmp_path) as url:
        yield url


def test_a_proxy_is_served_over_few_connections(live: Any, proxy: str) -> None:
    before = live.descriptors

    with httpx.Client(base_url=proxy, timeout=PATIENCE) as client:
        for size in [*range(0, 100, 5), 70_000, 2_000_000]:
            assert len(client.get(f"/stream?size={size}").content) == size
            assert len(client.get(f"/bytes?size={size}").content) == size
            assert client.post("/echo", content=b"x" * size).content == b"x" * size
            assert client.head(f"/bytes?size={size}").headers["content-length"] == str(size)
        assert client.get("/none").status_code == 404
        assert live.descriptors <= before + KEPT

    assert live.log == ""


def test_a_proxy_sends_chunks(proxy: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    with httpx.Client(base_url=proxy, timeout=PATIENCE) as client:
        answer = client.post("/echo", content=pieces())

    assert answer.content == b"x" * 1_000_000


def test_clients_that_leave_a_proxy_leave_nothing(live: Any, proxy: str) -> None:
    before = live.descriptors

    with httpx.Client(base_url=proxy, timeout=PATIENCE) as client:
        for _ in range(30):
            with pytest.raises(httpx.ReadTimeout):
                client.get("/forever", timeout=0.05)

        live.wait_until_free(before + KEPT)
        assert client.get("/").text == "Hello, World!"
    assert live.log == ""


def test_many_clients_of_a_proxy_see_no_error(program: Callable[[str], str], proxy: str) -> None:
    command = [program("ab"), "-q", "-k", "-n", "2000", "-c", "50", f"{proxy}/"]

    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    assert "Complete requests:      2000\n" in answer
    assert "Failed requests:        0\n" in answer
    assert "Non-2xx" not in answer


# The proxy sits at 127.0.0.1; the client comes from another address of this machine.
CLIENT = "127.0.0.2"
LIES = {
    "Host": "shop.example",
    "X-Forwarded-For": 'garbage", 127.0.0.1, 6.6.6.6',
    "X-Forwarded-Proto": "javascript",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=127.0.0.1;proto=http;host=evil.example, for=6.6.6.6",
}


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        pytest.param("told", f"{CLIENT} https://shop.example/a?b=c True", id="x-forwarded"),
        pytest.param("told-by-forwarded", f"{CLIENT} https://shop.example/a?b=c True", id="rfc"),
        pytest.param("not-told", "127.0.0.1 http://inside/a?b=c False", id="not-listed"),
    ],
)
@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_the_client_is_seen_and_its_lies_are_not(
    name: str,
    handler: str,
    told: str,
    program: Callable[[str], str],
    serve: Callable[..., Any],
    tmp_path: Path,
) -> None:
    with (
        run_proxy(name, program(name), serve(handler=handler), tmp_path) as url,
        httpx.Client(transport=httpx.HTTPTransport(local_address=CLIENT)) as client,
    ):
        answer = client.get(f"{url}/a?b=c", headers=LIES)

    assert answer.text == told


def test_a_field_that_the_client_broke_is_not_guessed(
    program: Callable[[str], str], serve: Callable[..., Any], tmp_path: Path
) -> None:
    live = serve(handler="told-by-forwarded")
    with run_proxy("haproxy", program("haproxy"), live, tmp_path) as url:
        answer = httpx.get(url, headers={"Forwarded": 'for="6.6.6.6'})

    assert answer.status_code == 400
    assert answer.text.startswith("Bad request: Forwarded must be")
