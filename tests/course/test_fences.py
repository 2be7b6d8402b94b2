"""groundup_course.fences: no block of a complete page is only typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundup_course.chapter import Chapter
from groundup_course.fences import check_block, check_page, find_blocks, is_complete

Change = Callable[..., Chapter]
HEAD = "---\ncomplete: true\n---\n"
COMMANDS = """\
```sh
pip install groundup-course   # brings groundup
groundup learn new router
groundup learn check router --to 2
groundup start --with router=my_router:Router
python -m groundup_router /a
```
"""
RAISES = "```pycon\n>>> [][0]\nTraceback (most recent call last):\nIndexError: ...\n```"
NAMES = "m1_adds m2_adds m3_adds m4_adds sum\n"


def check(change: Change, root: Path, page: str) -> list[str]:
    """Return what is wrong with a page that names all that it must."""
    path = root / "page.md"
    path.write_text(HEAD + NAMES + page, encoding="utf-8")
    return list(check_page(change(), path, root))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("```python\nx = 1\n```\n\n```python\nassert x == 1\n```", id="shared-names"),
        pytest.param("```python\n>>> 1 + 1\n2\n```", id="session"),
        pytest.param("```pycon\n>>> y = 2\n\n```\n```pycon\n>>> y\n2\n```", id="sessions-share"),
        pytest.param(RAISES, id="raises"),
        pytest.param('```python title="x.py" hl_lines="1"\nx = 1\n```', id="attributes"),
        pytest.param("``` {.python .annotate}\nx = 1\n```", id="braces"),
        pytest.param("=== \"Tab\"\n\n    ```python\n    x = 1\n    ```", id="in-a-tab"),
        pytest.param("~~~text\npicture\n~~~", id="tildes"),
        pytest.param(COMMANDS, id="commands"),
        pytest.param('```json\n{"a": 1}\n```\n```toml\na = 1\n```', id="data"),
        pytest.param("```http\nGET / HTTP/1.1\n```", id="http"),
        pytest.param('```python\n--8<-- "course/generated/router/m1.py"\n```', id="include"),
    ],
)  # fmt: skip
def test_a_block_that_is_true_passes(change: Change, tmp_path: Path, page: str) -> None:
    included = tmp_path / "course/generated/router"
    included.mkdir(parents=True)
    (included / "m1.py").write_text("x = 1\n")

    assert check(change, tmp_path, page) == []


@pytest.mark.parametrize(
    ("page", "message"),
    [
        pytest.param("```python\nx = \n```", "code must run, got SyntaxError", id="syntax"),
        pytest.param("```python\n1 / 0\n```", "ZeroDivisionError", id="raises"),
        pytest.param("```python\nraise SystemExit\n```", "SystemExit", id="exits"),
        pytest.param("```python\n>>> 1 + 1\n3\n```", "must print what stands", id="session"),
        pytest.param('```python title="x"\nassert 0\n```', "AssertionError", id="with-attributes"),
        pytest.param("    ```python\n    assert 0\n    ```", "AssertionError", id="indented"),
        pytest.param("~~~python\nassert 0\n~~~", "AssertionError", id="tildes"),
        pytest.param("```\nx\n```", "known kind, got ''", id="no-language"),
        pytest.param("```ruby\nx\n```", "known kind, got 'ruby'", id="another-language"),
        pytest.param("```console\n$ ls\nx\n```", "must be included", id="typed-transcript"),
        pytest.param("```diff\n+ x\n```", "must be included", id="typed-diff"),
        pytest.param("```json\n{\n```", "must be parsable", id="json"),
        pytest.param("```toml\na =\n```", "must be parsable", id="toml"),
        pytest.param("```sh\nrm -rf x\n```", "must be ours", id="command"),
        pytest.param(
            "```sh\ngroundup learn chekc router\n```", "no command 'chekc'", id="subcommand"
        ),
        pytest.param("```sh\ngroundup learn check --upto 2\n```", "No such option", id="option"),
        pytest.param("```sh\npython -m groundup_nothing\n```", "run as a module", id="module"),
        pytest.param("```python\nx = 1", "closed fences only", id="open"),
        pytest.param("> ```python\n> assert 0\n> ```", "closed fences only", id="in-a-quote"),
        pytest.param(
            '```python\n--8<-- "course/generated/x.py"\n```', "must be there", id="no-file"
        ),
        pytest.param('```python\n--8<-- "README.md"\n```', "includes from", id="from-elsewhere"),
        pytest.param('```python\n--8<-- "packages/../secret"\n```', "includes from", id="dots"),
        pytest.param('--8<-- "course/generated/none.md"', "generate first", id="outside"),
    ],
)
def test_a_block_that_is_not_true_is_found(
    change: Change, tmp_path: Path, page: str, message: str
) -> None:
    assert message in "\n".join(check(change, tmp_path, page))


def test_every_test_and_term_must_be_on_the_page(change: Change, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(HEAD + "m1_adds m2_adds m4_adds")

    found = "\n".join(check_page(change(), path, tmp_path))

    assert "must show 'm3_adds'" in found
    assert "must show 'sum'" in found


def test_names_may_stand_in_what_is_included(change: Change, tmp_path: Path) -> None:
    (tmp_path / "course/generated").mkdir(parents=True)
    (tmp_path / "course/generated/all.md").write_text(NAMES)
    path = tmp_path / "page.md"
    path.write_text(HEAD + '--8<-- "course/generated/all.md"\n')

    assert list(check_page(change(), path, tmp_path)) == []


def test_a_page_of_notes_may_say_what_it_likes(change: Change, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```\nanything\n```")

    assert not is_complete(path.read_text())
    assert list(check_page(change(), path, tmp_path)) == []


def test_the_line_of_a_block_is_named(tmp_path: Path) -> None:
    (block,) = find_blocks("# A\n\n  ```python\n  x = 1\n  ```\n")

    assert (block.line, block.language, block.text) == (3, "python", "x = 1\n")


def test_what_a_block_prints_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = find_blocks("```python\nprint('loud')\n```")
    names: dict[str, Any] = {}

    assert list(check_block(block, Path(), names)) == []
    assert capsys.readouterr().out == ""
