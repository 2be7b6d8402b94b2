"""Check a page of the course block by block: nothing on it may be only typed.

A block is fenced by three backticks or more, at any indentation (tabs and notes indent them).  What
its first line says decides how it is checked; a block of no known kind is a problem, and so is a
fence that the count finds and the reader does not.
"""

import ast
import contextlib
import doctest
import io
import json
import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from groundup_course.chapter import Chapter

__all__ = ["Block", "check_block", "check_page", "find_blocks", "is_complete"]

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)$")
COUNTED = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.MULTILINE)
INCLUDE = re.compile(r'--8<-- "([^"\n]+)"')
FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
LANGUAGE = re.compile(r"\{?\s*\.?([\w+-]+)")
DATA = {"http", "html", "abnf", "text"}
OUTPUT = {"console", "diff"}  # only ever included
SOURCES = ("course/src/groundup_course/chapters/", "course/generated/", "packages/")
INSTALL = re.compile(r"(python3? -m )?pip install (--upgrade )?groundup[\w-]*(\[[\w,]+\])?")
MODULE = re.compile(r"python3? -m (groundup_\w+)\b.*")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its line on the page, its language, its text without the indentation."""

    line: int
    language: str
    text: str


def is_complete(page: str) -> bool:
    """Return whether the front matter of a page says ``complete: true``."""
    front = FRONT.match(page)
    return front is not None and re.search(r"(?m)^complete: true$", front[1]) is not None


def find_blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    opened: re.Match[str] | None = None
    start, kept = 0, list[str]()
    for number, line in enumerate(page.splitlines(), 1):
        match = FENCE.match(line)
        if opened is None:
            if match:
                opened, start, kept = match, number, []
        elif match and not match["info"].strip() and match["fence"].startswith(opened["fence"]):
            language = LANGUAGE.match(opened["info"].strip())
            text = textwrap.dedent("\n".join(kept)) + "\n"
            yield Block(start, language[1] if language else "", text)
            opened = None
        else:
            kept.append(line)


def check_page(chapter: Chapter, path: Path, root: Path) -> Iterator[str]:
    """Yield what is wrong with a complete page; others are notes and may say what they like."""
    page = path.read_text(encoding="utf-8")
    if not is_complete(page):
        return
    blocks = list(find_blocks(page))
    if 2 * len(blocks) != (count := len(COUNTED.findall(page))):
        yield f"{path.name} must have closed fences only: {count} lines, {len(blocks)} blocks"
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks:
        problems = check_block(block, root, names)
        yield from (f"{path.name}:{block.line}: {problem}" for problem in problems)
    for target in INCLUDE.findall(page):
        if not (root / target).is_file():
            yield f"{path.name} includes {target!r}, which is not there: generate first"
    whole = expand(page, root)
    plain = " ".join(whole.lower().split())
    wanted = [*(test.name for test in chapter.tests), *chapter.rfc, *chapter.terms]
    yield from (f"{path.name} must show {word!r}" for word in wanted if word.lower() not in plain)


def expand(page: str, root: Path) -> str:
    """Return a page with its includes in it."""

    def read(match: re.Match[str]) -> str:
        path = root / match[1]
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    return INCLUDE.sub(read, page)


def check_block(  # noqa: C901 - a table of kinds
    block: Block, root: Path, names: dict[str, Any]
) -> Iterator[str]:
    """Yield what is wrong with one block; ``names`` are those of the page."""
    lines = [line for line in block.text.splitlines() if line.strip()]
    if lines and all(INCLUDE.fullmatch(line.strip()) for line in lines):
        for target in INCLUDE.findall(block.text):
            if not target.startswith(SOURCES) or ".." in target:
                yield f"a block includes from {', '.join(SOURCES)}; got {target!r}"
            elif not (root / target).is_file():
                yield f"included file must be there, got {target!r}"
    elif block.language in OUTPUT:
        yield f"a block of {block.language} must be included, from a shot or from generated"
    elif block.language in {"python", "pycon"}:
        yield from run_session(block, names) if ">>> " in block.text else run_code(block, names)
    elif block.language == "sh":
        for line in lines:
            yield from check_command(line.strip())
    elif block.language in {"json", "toml"}:
        yield from check_data(block)
    elif block.language not in DATA:
        yield f"a block must be of a known kind, got {block.language!r}: see AUTHORING.md"


def run_code(block: Block, names: dict[str, Any]) -> Iterator[str]:
    """Run a block of Python among the names of its page."""
    try:
        tree = ast.parse(block.text)
        code = compile(tree, f"<block at line {block.line}>", "exec")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, names)  # noqa: S102 - that is what a check of code is
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the code of a page may raise anything
        yield f"code must run, got {type(error).__name__}: {error}"


def run_session(block: Block, names: dict[str, Any]) -> Iterator[str]:
    """Run a session and compare what it prints."""
    parsed = doctest.DocTestParser().get_doctest(block.text, names, "session", "page", block.line)
    parsed.globs = names  # get_doctest makes a copy; the page goes on with what a session defines
    out = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(parsed, out=out.write, clear_globs=False)
    if runner.failures or not runner.tries:
        yield f"session must print what stands there:\n{out.getvalue()}"


def check_data(block: Block) -> Iterator[str]:
    """Parse a block of data."""
    try:
        if block.language == "json":
            json.loads(block.text)
        else:
            tomllib.loads(block.text)
    except ValueError as error:
        yield f"{block.language} must be parsable: {error}"


def check_command(line: str) -> Iterator[str]:
    """Check that a command exists and takes these arguments; nothing is run."""
    command = line.partition("  #")[0].removeprefix("$ ").strip()
    if not command or command.startswith("#") or INSTALL.fullmatch(command):
        return
    module = MODULE.fullmatch(command)
    if module:
        try:
            __import__(f"{module[1]}.__main__")
        except ImportError:
            yield f"{module[1]} must run as a module, got {command!r}"
        return
    words = shlex.split(command)
    if words[0] != "groundup":
        yield f"a command of a page must be ours, got {command!r}: make a shot of others"
        return
    try:
        parse_command(words[1:])
    except click.UsageError as error:
        yield f"{command!r} must be a command: {error.format_message()}"


def parse_command(words: list[str]) -> None:
    """Parse the arguments of ``groundup`` down to its subcommand.

    Raises:
        click.UsageError: There is no such command or option.
    """
    from groundup.commands.main import cli  # noqa: PLC0415 - takes the whole framework
    from groundup_course.commands import learn  # noqa: PLC0415 - as above

    command: click.Command = cli
    while isinstance(command, click.Group):
        if not words:
            return
        name, *words = words
        context = click.Context(command, info_name=name)
        found = learn if command is cli and name == "learn" else command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"there is no command {name!r}")
        command = found
    command.make_context("groundup", list(words))
