"""Measure a table of 1,000 rows of six cells: ours, and the engines that are installed.

    python tests/benchmarks/components/templating.py              milliseconds of one page
    python tests/benchmarks/components/templating.py --compile    milliseconds to compile 200 lines
    python tests/benchmarks/components/templating.py --quick      only show that it works

Every cell is escaped, two go through a filter.  Each engine has the template in its own language
and must write the same page as ours, spaces and spellings of entities apart, before its time
counts; what escapes less, as the last one, which is Python by hand, says so.  Rounds are
interleaved, and the best one counts: whatever else the machine does can only make a round slower.
"""

import argparse
import importlib
import importlib.util
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from types import SimpleNamespace
from typing import Any

from groundup_templating import Template

Render = Callable[[list[Any]], str]
Compile = Callable[[str], object]

# {row.name} stands for an attribute or an item, {filter:row.name} for one of them in small letters.
ROW = """<tr class="row">
  <td>{row.id}</td>
  <td><a href="/people/{row.id}">{row.name}</a></td>
  <td>{lower:row.email}</td>
  <td title="{row.note}">{row.note}</td>
  <td>{upper:row.city}</td>
  <td>{row.price}</td>
</tr>"""
FIELD = re.compile(r"\{(?:(\w+):)?row\.(\w+)\}")
NAMES = ("id", "name", "email", "note", "city", "price")
VALUES = [
    (at, f"Tom & Ann {at}", f"USER{at}@EXAMPLE.COM", "Likes long walks.", "Lisbon", at * 1.5)
    for at in range(1000)
]
DATA: dict[str, list[Any]] = {
    "dictionaries": [dict(zip(NAMES, values, strict=True)) for values in VALUES],
    "objects": [SimpleNamespace(**dict(zip(NAMES, values, strict=True))) for values in VALUES],
}


def spell(value: str, filtered: str) -> str:
    """Return the row with its fields as an engine writes them.

    Args:
        value: Of a field, with ``{name}`` for its name.
        filtered: Of a field with a filter, with ``{name}`` and ``{filter}``.
    """

    def write(found: re.Match[str]) -> str:
        form = filtered if found[1] else value
        return form.replace("{name}", found[2]).replace("{filter}", found[1] or "")

    return FIELD.sub(write, ROW)


def load(name: str) -> Any:
    """Return a module that may not be installed, so that no type checker can know it."""
    return importlib.import_module(name)


def python_access(kind: str) -> str:
    """Return how Python reads a field, for engines whose expressions are Python."""
    return "row['{name}']" if kind == "dictionaries" else "row.{name}"


# -- the contenders: how each renders the table, and how it compiles a text ------------------------

LOOP = "<table>\n{% for row in rows %}\n" + "ROW" + "\n{% endfor %}\n</table>\n"


def groundup(_: str) -> tuple[Render, Compile]:
    """Return ours: escaped by context, in the sandbox."""
    row = spell("{{ row.{name} }}", "{{ row.{name} | {filter} }}")
    template = Template(LOOP.replace("ROW", row))
    return lambda rows: template.render(rows=rows), Template


def jinja2(_: str) -> tuple[Render, Compile]:
    """Return Jinja2, escaping."""
    environment = load("jinja2").Environment(autoescape=True)
    row = spell("{{ row.{name} }}", "{{ row.{name} | {filter} }}")
    template = environment.from_string(LOOP.replace("ROW", row))
    return lambda rows: template.render(rows=rows), environment.from_string


def django(_: str) -> tuple[Render, Compile]:
    """Return Django's."""
    conf = load("django.conf")
    if not conf.settings.configured:
        conf.settings.configure(USE_I18N=False)
    module = load("django.template")
    engine = module.Engine()
    row = spell("{{ row.{name} }}", "{{ row.{name}|{filter} }}")
    template = engine.from_string(LOOP.replace("ROW", row))
    return lambda rows: template.render(module.Context({"rows": rows})), engine.from_string


def mako(kind: str) -> tuple[Render, Compile]:
    """Return Mako, escaping by its default filter."""
    make = load("mako.template").Template
    access = python_access(kind)
    row = spell(f"${{{access}}}", f"${{{access}.{{filter}}()}}")
    text = f"<table>\n% for row in rows:\n{row}\n% endfor\n</table>\n"

    def compile_text(source: str) -> Any:
        return make(source, default_filters=["h"])

    template = compile_text(text)
    return lambda rows: template.render(rows=rows), compile_text


def bottle(kind: str) -> tuple[Render, Compile]:
    """Return Bottle's SimpleTemplate."""
    make = load("bottle").SimpleTemplate
    access = python_access(kind)
    row = spell(f"{{{{{access}}}}}", f"{{{{{access}.{{filter}}()}}}}")
    template = make(f"<table>\n% for row in rows:\n{row}\n% end\n</table>\n")

    def compile_text(source: str) -> object:
        return make(source).co

    return lambda rows: template.render(rows=rows), compile_text


def chameleon(kind: str) -> tuple[Render, Compile]:
    """Return Chameleon."""
    make = load("chameleon").PageTemplate
    access = python_access(kind)
    row = spell(f"${{{access}}}", f"${{{access}.{{filter}}()}}")
    row = row.replace("<tr ", '<tr tal:repeat="row rows" ', 1)
    template = make(f"<table>\n{row}\n</table>\n")

    def compile_text(source: str) -> object:
        made = make(source)
        made.cook_check()
        return made

    return lambda rows: template.render(rows=rows), compile_text


def by_hand(kind: str) -> tuple[Render, Compile]:
    """Return what a person would write in Python: the same escaping everywhere."""
    access = python_access(kind)
    row = spell(f"{{escape(str({access}))}}", f"{{escape({access}.{{filter}}())}}")
    code = f"lambda rows: '<table>' + ''.join([f'''{row}''' for row in rows]) + '</table>'"
    render: Render = eval(code, {"escape": escape, "str": str})
    return render, lambda source: compile(source, "text", "exec")


CONTENDERS = {
    contender.__name__: contender
    for contender in (groundup, jinja2, mako, chameleon, bottle, django, by_hand)
}
# Twelve lines of a page, in the languages that share them; the others are not asked to compile.
PAGE = """<div class="row {{ row.kind }}">
  {% if row.title %}
    <h2><a href="/posts/{{ row.slug }}">{{ row.title|title }}</a></h2>
  {% else %}
    <h2>none</h2>
  {% endif %}
  {% for tag in row.tags %}
    <a href="/tags/{{ tag|urlencode }}" title="{{ tag }}">{{ tag }}</a>
  {% endfor %}
  <p>{{ row.text|upper }} {{ row.count }} comments</p>
</div>

"""
SHARED = ("groundup", "jinja2", "django")


def normalize(page: str) -> str:
    """Return a page without what engines spell in different ways."""
    return re.sub(r"\s+", "", unescape(page))


def measure(runs: list[Callable[[], object]], rounds: int) -> list[float]:
    """Return the milliseconds of CPU time of each, in its best round."""
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for at, run in enumerate(runs):
            start = time.process_time()
            run()
            best[at] = min(best[at], (time.process_time() - start) * 1e3)
    return best


def installed() -> list[str]:
    """Return the names of the contenders that are there."""
    own = {"groundup", "by_hand"}
    return [name for name in CONTENDERS if name in own or importlib.util.find_spec(name)]


def print_table(title: str, names: list[str], lines: dict[str, list[float]]) -> None:
    """Print one line for each case, and how much slower than ours the others are."""
    print(f"{title:16}" + "".join(f"{name:>11}" for name in names))
    for case, times in lines.items():
        print(f"{case:16}" + "".join(f"{value:11.2f}" for value in times))
        print(f"{'':16}" + "".join(f"{value / times[0]:10.1f}x" for value in times))


def compare(rounds: int) -> None:
    """Print how long a page takes."""
    names = installed()
    lines: dict[str, list[float]] = {}
    for kind, rows in DATA.items():
        renders = [CONTENDERS[name](kind)[0] for name in names]
        pages = [normalize(render(rows)) for render in renders]
        for name, page in zip(names, pages, strict=True):
            if page != pages[0]:
                msg = f"{name} writes another page than ours"
                raise RuntimeError(msg)
        lines[kind] = measure([partial(render, rows) for render in renders], rounds)
    print_table("ms a page", names, lines)


def compare_compiling(rounds: int) -> None:
    """Print how long 200 lines of a template take to compile."""
    names = [name for name in installed() if name in SHARED]
    compilers = [CONTENDERS[name]("dictionaries")[1] for name in names]
    source = PAGE * 17
    times = measure([partial(compiler, source) for compiler in compilers], rounds)
    print_table("ms to compile", names, {f"{source.count(chr(10))} lines": times})


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--compile", action="store_true", help="compile instead of render")
    parser.add_argument("--quick", action="store_true", help="only show that it works")
    options = parser.parse_args()
    run = compare_compiling if options.compile else compare
    run(2 if options.quick else 40)
    return 0


if __name__ == "__main__":
    sys.exit(main())
