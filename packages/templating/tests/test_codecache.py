"""groundup_templating.codecache: code from the disk, but none that others may have written."""

import hashlib
import marshal
import os
import stat
import sys
import traceback
from pathlib import Path
from types import CodeType

import pytest

from groundup_templating import CodeCache, DictLoader, Environment, FileCache, TemplateError
from groundup_templating.codecache import MAX_FILES, check_folder, make_key

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no owners and modes")
CODE = compile("answer = 42", "<template a.html>", "exec")
KEY = "a" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def user() -> int:
    return os.geteuid() if sys.platform != "win32" else 0


def test_what_is_stored_is_there_for_the_next_one(folder: Path) -> None:
    FileCache(folder).store(KEY, CODE)

    assert FileCache(folder).load(KEY) == CODE


def test_what_is_not_stored_is_not_there(folder: Path) -> None:
    assert FileCache(folder).load(KEY) is None


def test_a_template_is_compiled_once(folder: Path) -> None:
    def render(names: dict[str, object]) -> str:
        loader = DictLoader({"a.html": "{% block b %}{{ x }}{% endblock %}"})
        return Environment(loader, cache=FileCache(folder)).render("a.html", names)

    first = render({"x": "<1>"})
    before = entries(folder)

    assert (first, render({"x": "<2>"})) == ("&lt;1&gt;", "&lt;2&gt;")
    assert (len(before), entries(folder)) == (2, before)  # the template, and its block


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("{{ x }} ", {}),
        ("\n{{ x }}", {}),
        ("{{  x }}", {}),
        ("<b title={{ x }}>", {}),
        ("{{ x + 1 }}", {}),
        ("{{ x + 1 }}", {"trusted": True}),
        ("{% if x %}\n  {{ x }}\n{% endif %}", {}),
        ("{% if x %}\n  {{ x }}\n{% endif %}", {"dedent": False}),
    ],
)
def test_whatever_changes_the_code_or_its_places_is_another_entry(
    folder: Path, source: str, options: dict[str, bool]
) -> None:
    cache = FileCache(folder)
    Environment(cache=cache).from_string("{{ x }}")

    Environment(cache=cache, **options).from_string(source)  # type: ignore[arg-type]  # of bools

    assert len(entries(folder)) == 2


def test_a_key_holds_the_file_and_the_places() -> None:
    keys = {
        make_key(*given)
        for given in [("x", "f", [1]), ("y", "f", [1]), ("x", "g", [1]), ("x", "f", [2])]
    }

    assert len(keys) == 4


def test_errors_from_cached_code_have_their_place(folder: Path) -> None:
    def fail() -> tuple[str, str]:
        template = Environment(cache=FileCache(folder)).from_string("a\n  {{ x.y }}")
        with pytest.raises(TemplateError) as caught:
            template.render(x={})
        return str(caught.value), "".join(traceback.format_exception(caught.value))

    (message, first), (again, second) = fail(), fail()

    assert "line 2, column 6" in message
    assert message == again
    assert "{{ x.y }}" in first
    assert "{{ x.y }}" in second


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 33, -1])
def test_what_a_crash_has_cut_off_is_not_loaded(folder: Path, cut: int) -> None:
    cache = FileCache(folder)
    cache.store(KEY, CODE)
    (path,) = entries(folder)
    path.write_bytes(path.read_bytes()[:cut])

    assert cache.load(KEY) is None


def test_what_has_changed_or_moved_is_not_loaded(folder: Path) -> None:
    cache = FileCache(folder)
    cache.store(KEY, CODE)
    (path,) = entries(folder)
    data = path.read_bytes()
    path.with_stem("b" * 64).write_bytes(data)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    assert cache.load(KEY) is None
    assert cache.load("b" * 64) is None


def test_what_is_no_code_is_not_loaded(folder: Path) -> None:
    cache = FileCache(folder)
    content = marshal.dumps("no code")
    path = folder / f"{KEY}.tplc"
    path.write_bytes(hashlib.sha256(KEY.encode() + content).digest() + content)

    assert cache.load(KEY) is None


@POSIX
def test_a_folder_that_is_made_is_for_its_user_alone(folder: Path) -> None:
    FileCache(folder / "below").store(KEY, CODE)

    assert stat.S_IMODE((folder / "below").stat().st_mode) == 0o700
    (entry,) = entries(folder / "below")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_into_which_others_can_write_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(TemplateError, match=r"others can write to .*cache: chmod go-w"):
        FileCache(folder)


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_replace_is_refused(folder: Path, mode: int) -> None:
    (folder / "below").mkdir(parents=True)
    folder.chmod(mode)

    with pytest.raises(TemplateError, match=r"others can write to .*cache: chmod go-w"):
        FileCache(folder / "below")


@POSIX
def test_a_folder_that_keeps_what_is_in_it_is_fine(folder: Path) -> None:
    (folder / "below").mkdir(parents=True)
    folder.chmod(0o1777)

    assert FileCache(folder / "below").load(KEY) is None


@POSIX
def test_a_folder_of_another_user_is_refused(folder: Path) -> None:
    folder.mkdir()

    with pytest.raises(TemplateError, match="belong to the user of the process"):
        check_folder(folder, user() + 1)


@POSIX
def test_a_link_is_judged_by_where_it_leads(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    link = folder.with_name("link")
    link.symlink_to(folder)

    with pytest.raises(TemplateError, match="others can write"):
        FileCache(link)


@POSIX
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_an_entry_into_which_others_can_write_is_not_loaded(folder: Path, mode: int) -> None:
    cache = FileCache(folder)
    cache.store(KEY, CODE)
    entries(folder)[0].chmod(mode)

    assert cache.load(KEY) is None


@POSIX
def test_an_entry_that_is_a_link_or_folder_is_not_loaded(folder: Path) -> None:
    cache = FileCache(folder)
    cache.store(KEY, CODE)
    (path,) = entries(folder)
    (folder / f"{'b' * 64}.tplc").symlink_to(path)
    (folder / f"{'c' * 64}.tplc").mkdir()

    assert cache.load("b" * 64) is None
    assert cache.load("c" * 64) is None


def test_without_owners_a_folder_must_be_in_the_home_of_its_user(tmp_path: Path) -> None:
    check_folder(Path.home().resolve() / "cache", None)
    with pytest.raises(TemplateError, match="in the home of its user"):
        check_folder(Path(tmp_path.anchor) / "cache", None)


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.write_text("")

    with pytest.raises(TemplateError, match="needs a folder"):
        FileCache(folder)


def test_a_folder_that_vanishes_is_no_reason_to_show_nothing(folder: Path) -> None:
    environment = Environment(cache=FileCache(folder))
    folder.rmdir()

    assert environment.from_string("{{ x }}").render(x=1) == "1"


def test_a_full_folder_is_emptied(folder: Path) -> None:
    cache = FileCache(folder)
    for number in range(MAX_FILES):
        (folder / f"{number}.tplc").touch()

    cache.store(KEY, CODE)

    assert [path.stem for path in entries(folder)] == [KEY]


def test_any_cache_will_do() -> None:
    class Memory:
        def __init__(self) -> None:
            self.codes: dict[str, CodeType] = {}

        def load(self, key: str, /) -> CodeType | None:
            return self.codes.get(key)

        def store(self, key: str, code: CodeType, /) -> None:
            self.codes[key] = code

    memory = Memory()
    cache: CodeCache = memory
    first, second = (Environment(cache=cache).from_string("{{ x }}") for _ in "12")

    assert (first.render(x=1), second.render(x=2), len(memory.codes)) == ("1", "2", 1)
