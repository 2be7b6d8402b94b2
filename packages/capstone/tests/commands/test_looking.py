"""routes, explain, trace, parts, config, check, shell: they look, and leave nothing behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

SITE = """
from groundup import Application, Response
app = Application()

@app.use
async def layer(request, next):
    return await next()

@app.route("/hello/:name", "GET", "POST", name="hello")
def hello(request):
    return Response(200, f"Hello, {request.params['name']}! {request.text}")

@app.websocket("/ws")
async def talk(ws, request): ...

def make(config):
    other = Application(debug=config.debug)
    other.get("/made")(hello)
    return other
"""

ROUTER = '''
class Router:
    """What a learner writes first."""
    def __init__(self):
        self.table = {}
    def add(self, pattern, handler, *, methods=None, name=None):
        for method in methods or ["GET"]:
            self.table[pattern, method] = handler
    def match(self, path, method=None):
        handler = self.table.get((path, method or "GET"))
        return None if handler is None else {"handler": handler, "params": {}}
'''


@pytest.fixture
def site(folder: Path) -> str:
    (folder / "looked_at.py").write_text(SITE)
    (folder / "looked_router.py").write_text(ROUTER)
    return "looked_at"


@pytest.mark.parametrize(
    "command",
    [["routes"], ["explain", "/"], ["trace", "GET", "/"], ["parts"], ["config"], ["check"]],
    ids=lambda command: command[0],
)
def test_looking_leaves_nothing_behind(run: Run, folder: Path, command: list[str]) -> None:
    assert run(*command).exit_code == 0
    assert list(folder.iterdir()) == []


def test_looking_uses_the_data_that_is_there(run: Run, folder: Path) -> None:
    (folder / "blog-data").mkdir()

    run("routes")

    assert (folder / "blog-data" / "blog.db").is_file()


# -- routes ------------------------------------------------------------------------------------


def test_routes_lists_the_blog(run: Run) -> None:
    lines = run("routes").output.splitlines()

    assert lines[0].split() == ["methods", "pattern", "name", "handler"]
    assert ["GET", "/posts/:slug", "post", "PostPages.show"] in [line.split() for line in lines]
    assert any(line.startswith("WS ") and "/notifications" in line for line in lines)


def test_routes_lists_a_site_and_what_a_function_makes(run: Run, site: str) -> None:
    named, made = run("routes", site).output, run("routes", f"{site}:make").output

    assert "GET POST  /hello/:name  hello  hello" in named
    assert "/made" in made


def test_routes_says_when_a_router_cannot_tell(run: Run, site: str) -> None:
    result = run("routes", "--with", "router=looked_router:Router")

    assert result.exit_code == 2
    assert result.stderr == "groundup: Router cannot list its routes: it has no routes()\n"


# -- explain -----------------------------------------------------------------------------------


def test_explain_tells_the_walk_and_the_layers(run: Run, site: str) -> None:
    output = run("explain", "/hello/you", site).output

    assert "/hello/:name" in output
    assert "name = 'you'" in output
    assert "layer" in output
    assert "hello" in output


def test_explain_of_what_is_not_there(run: Run, site: str) -> None:
    result = run("explain", "/nowhere", site)

    assert result.exit_code == 0
    assert "no route" in result.output


def test_explain_says_what_a_router_lacks(run: Run, site: str) -> None:
    output = run("explain", "/", "--with", "router=looked_router:Router").output

    assert "Router lacks allowed_methods: 404 in place of 405" in output
    assert "Router lacks explain" in output
    assert "PostPages.home" in output


def test_explain_of_a_websocket_shows_its_layers(run: Run, site: str) -> None:
    assert "layer" in run("explain", "/ws", site).output


# -- trace -------------------------------------------------------------------------------------


def test_trace_tells_the_story_of_a_request(run: Run, site: str) -> None:
    output = run("trace", "POST", "/hello/you", site, "-d", "a=1", "-H", "X-Y: z").output

    story = [line for line in output.splitlines() if " ms  " in line]
    assert "→ layer  (async)" in story[0]
    assert "→ hello  (sync, the handler" in story[1]
    assert "← hello 200" in story[2]
    assert "← layer 200" in story[3]
    assert "200 OK\n" in output
    assert "bytes of content" in output


def test_trace_shows_sql_and_templates_of_the_blog(run: Run) -> None:
    output = run("trace", "GET", "/?page=1", "-H", "Accept: text/html").output

    assert "SQL SELECT" in output
    assert "template index.html" in output


def test_trace_wants_fields_as_curl_writes_them(run: Run) -> None:
    result = run("trace", "GET", "/", "-H", "nonsense")

    assert result.exit_code == 2
    assert "a field is NAME:VALUE, got 'nonsense'" in result.output


# -- parts -------------------------------------------------------------------------------------


def test_parts_tells_which_are_yours(run: Run, site: str) -> None:
    output = run("parts", "--with", "router=looked_router:Router").output

    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines()}
    assert rows["router"] == ["3", "looked_router.Router", "yours"]
    assert rows["errors"] == ["11", "groundup_errors.handlers.ErrorHandlers", "ours"]


def test_parts_of_a_site_may_be_absent(run: Run, site: str) -> None:
    output = run("parts", site).output

    assert ["database", "12", "(none)", "ours"] in [line.split() for line in output.splitlines()]


# -- config ------------------------------------------------------------------------------------


def test_config_tells_where_values_come_from_and_no_secret(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "groundup.toml").write_text("[groundup]\nport = 81\n")
    monkeypatch.setenv("GROUNDUP_SECRET_KEY", "hidden-" * 10)

    rows = [line.split() for line in run("config").output.splitlines()]

    assert ["port", "81", "groundup.toml"] in rows
    assert ["secret_key", "(set)", "environment"] in rows
    assert ["host", "'127.0.0.1'", "default"] in rows


# -- check -------------------------------------------------------------------------------------


def test_check_finds_what_is_wrong_in_public(run: Run) -> None:
    result = run("check", "--deploy")

    assert result.exit_code == 1
    for word in ("secret_key", "trusted_hosts", "SQLite", "redis_url"):
        assert word in result.output
    assert "debug is on" not in result.output


def test_check_finds_nothing_where_nothing_is_wrong(run: Run, site: str, folder: Path) -> None:
    (folder / "groundup.toml").write_text(
        f"""[groundup]
secret_key = "{"x" * 32}"
trusted_hosts = ["site.example"]
database_url = "postgresql://app@db/site"
redis_url = "redis://cache/0"
"""
    )

    assert run("check", site, "--deploy").output == "nothing found\n"
    with (folder / "groundup.toml").open("a") as file:
        file.write("debug = true\n")
    assert "debug is on" in run("check", site, "--deploy").output


def test_check_reads_every_template(run: Run, folder: Path) -> None:
    (folder / "pages").mkdir()
    (folder / "pages" / "wrong.html").write_text("line one\n{{ name | shuot }}\n")
    (folder / "pages" / "fine.html").write_text("{{ name }}")
    (folder / "paged.py").write_text(
        "from groundup import Application\napp = Application(templates='pages')\n"
    )

    result = run("check", "paged")

    assert result.exit_code == 1
    assert "wrong.html" in result.output
    assert "shuot" in result.output
    assert "fine.html" not in result.output


# -- shell -------------------------------------------------------------------------------------


def test_shell_has_the_application_at_hand(run: Run, site: str) -> None:
    result = run("shell", site, input="print(app.url_for('hello', name='you'))\n")

    assert "/hello/you" in result.output
    assert "groundup shell: app, db, config" in result.output
