"""The figures of the page: each function gives what stands at the place of its name in `page.md`.

The words are Markdown there, the figures are tables and pictures made here.
"""

from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import Any

from tests.benchmarks.cases import CASES
from tests.benchmarks.charts import Bar, Line, draw_bars, draw_lines, show
from tests.benchmarks.contenders import CONTENDERS
from tests.benchmarks.flames import draw_flames, own_shares, short
from tests.benchmarks.report import ahead
from tests.benchmarks.svg import Picture

Results = Mapping[str, Any]
Pictures = dict[str, Picture]
PLOTTED = ("plaintext", "params", "table", "static")
WAYS = {"one": "one at a time", "threads": "threads", "asyncio": "asyncio"}
KINDS = {"one": "peer", "threads": "limit", "asyncio": "ours"}
NOTHING = "-"
LEAST = 0.01  # of all looks: what is less says nothing in a table


def write_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown, figures to the right.

    >>> print(write_table(["", "µs"], [["ours", "17"]]))
    |  | µs |
    | --- | --: |
    | ours | 17 |
    """
    head = list(head)
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def title(name: str) -> str:
    """Return the title of a contender, ours in bold."""
    contender = CONTENDERS[name]
    return f"**{contender.title}**" if contender.ours else contender.title


def measured_cases(results: Results) -> list[str]:
    """Return the cases that somebody took part in, in their order."""
    return [name for name in CASES if any(name in row for row in results["cpu"].values())]


def machine(results: Results) -> str:
    """Say when, on what, and with which versions it was measured."""
    said = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in said["versions"].items())
    return (
        f"{said['date']}: {said['processor']}, {said['cores']} cores, {said['system']}, "
        f"Python {said['python']}, {versions}; load average before it began: "
        f"{said['load']}, where 0 is a machine that does nothing else."
    )


def ratios(results: Results) -> str:
    """Show by how much the fastest peer of each case is behind, or ahead."""
    found, rows = results["cpu"], list[list[str]]()
    for case in CASES:
        ratio, lowest = ahead(found, case), ahead(found, case, "lowest")
        if ratio and lowest:
            best, times = ratio
            ours, theirs = (found[name][case]["cpu_us"] for name in ("groundup", best))
            rows.append([case, show(ours), CONTENDERS[best].title, show(theirs)])
            rows[-1] += [f"{times:.2f}", f"{lowest[1]:.2f}"]
    head = ["case", "groundup, µs", "the fastest peer", "its µs", "ratio", "ratio of the lowest"]
    return write_table(head, rows)


def cpu(results: Results) -> str:
    """Show every contender in every case."""
    names = measured_cases(results)
    rows: list[list[str]] = []
    for name, row in results["cpu"].items():
        cells = [row.get(case, {}).get("cpu_us") for case in names]
        rows.append([title(name), *(show(cell) if cell else NOTHING for cell in cells)])
    return write_table(["", *names], rows)


def spread(results: Results) -> str:
    """Say how far the turns of a contender in a case lie from their median."""
    cells = [cell for row in results["cpu"].values() for cell in row.values() if cell.get("cpu_us")]
    below = 100 * median(1 - cell["lowest"] / cell["cpu_us"] for cell in cells)
    above = 100 * median(cell["highest"] / cell["cpu_us"] - 1 for cell in cells)
    return (
        f"the lowest turn was {below:.0f} % below the median and the highest {above:.0f} % above it"
    )


def cases(results: Results) -> str:
    """Say what the cases are."""
    return "\n".join(f"- *{name}*: {CASES[name].title}" for name in measured_cases(results))


def missing(results: Results) -> str:
    """Say who was asked and did not answer what the case asks for."""
    lacks = [
        f"{CONTENDERS[name].title} in *{case}* ({cell['missing'].partition(':')[0]})"
        for name, row in results["cpu"].items()
        for case, cell in row.items()
        if cell.get("missing")
    ]
    return f" Another answer than the case asks for: {'; '.join(lacks)}." if lacks else ""


def bars(results: Results, pictures: Pictures) -> str:
    """Draw some of the cases, the cheapest contender first."""
    words: list[str] = []
    for case in PLOTTED:
        found = [
            make_bar(name, row[case])
            for name, row in results["cpu"].items()
            if row.get(case, {}).get("cpu_us")
        ]
        found.sort(key=lambda bar: bar.value)
        what = f"{case}: {CASES[case].title}"
        pictures[case] = draw_bars(what, "µs of CPU a request", found)
        words.append(f"![{what}, microseconds of CPU as in the table](benchmarks/{case}.svg)")
    return "\n\n".join(words)


def make_bar(name: str, cell: Mapping[str, float]) -> Bar:
    """Return the bar of a contender."""
    contender = CONTENDERS[name]
    kind = "limit" if name in {"canned", "bare"} else "ours" if contender.ours else "peer"
    short_title = {"canned": "canned bytes", "bare": "asyncserver alone"}.get(name, contender.title)
    return Bar(short_title, cell["cpu_us"], cell["lowest"], cell["highest"], kind)


def latency(results: Results) -> str:
    """Show how long answers take at half load."""
    rows = [
        [
            title(name),
            f"{row['rate']:,.0f}",
            *(f"{row[key]:.2f}" for key in ("p50", "p99", "p99.9")),
        ]
        for name, row in results["latency"].items()
    ]
    return write_table(["", "requests/s", "p50, ms", "p99, ms", "p99.9, ms"], rows)


def processes(results: Results) -> str:
    """Show one process and two."""
    rows = [
        [count, f"{row['per_second']:,}", show(row["cpu_us"])]
        for count, row in results["processes"].items()
    ]
    return write_table(["processes", "answers/s", "µs of CPU for each"], rows)


def memory(results: Results) -> str:
    """Show what a process and an idle connection hold."""
    rows = [
        [title(name), f"{row['process_mib']:.1f}", f"{row['connection_kib']:.1f}"]
        for name, row in results["memory"].items()
    ]
    return write_table(["", "MiB, process", "KiB, idle connection"], rows)


def start(results: Results) -> str:
    """Show how long it takes until there is an answer."""
    rows = list[list[str]]()
    for name, row in results["start"].items():
        label = "**`groundup start`**" if name == "command" else title(name)
        rows.append([label, f"{row['ms']:,}", f"{row['cpu_ms']:,}"])
        if "page_ms" in row:
            rows.append([f"{label}, a page", f"{row['page_ms']:,}", f"{row['page_cpu_ms']:,}"])
    return write_table(["", "ms", "ms of CPU"], rows)


def imports(results: Results) -> str:
    """Show what an import costs."""
    rows = [[f"`{name}`", f"{ms:.0f}"] for name, ms in results["imports"].items()]
    return write_table(["", "ms of CPU"], rows)


def waiting(results: Results, pictures: Pictures) -> str:
    """Draw what three kinds of servers do when handlers wait."""
    found, words = results["waiting"], list[str]()
    for wait, first in next(iter(found.values())).items():
        lines = [Line(WAYS[way], trace(row[wait]), KINDS[way]) for way, row in found.items()]
        what = f"A wait of {wait} ms" if int(wait) else "No wait"
        pictures[f"waiting-{wait}"] = draw_lines(what, "answers a second", "clients", lines)
        words.append(f"![{what}: answers a second, as in the table](benchmarks/waiting-{wait}.svg)")
        rows = [[WAYS[way], *map(show, row[wait].values())] for way, row in found.items()]
        clients = [f"{int(count):,}" for count in first]
        words.append(write_table([f"{wait} ms; clients:", *clients], rows))
    return "\n\n".join(words)


def trace(row: Mapping[str, float]) -> tuple[tuple[float, float], ...]:
    """Return the points of a line; an axis of tenfold steps has no zero."""
    return tuple((float(clients), max(rate, 0.5)) for clients, rate in row.items())


def flames(results: Results, pictures: Pictures) -> str:
    """Draw where the time goes."""
    words: list[str] = []
    for case, stacks in results["flames"].items():
        what = f"{case}: where the CPU time goes"
        pictures[f"flames-{case}"] = draw_flames(what, stacks)
        words.append(f"![{what}, the largest shares as in the table](benchmarks/flames-{case}.svg)")
        shares = sorted(own_shares(stacks).items(), key=lambda item: -item[1])[:10]
        rows = [
            [f"`{short(name)}`, {place(name)}", f"{share:.0%}"]
            for name, share in shares
            if share >= LEAST
        ]
        words.append(write_table([f"{case}: by itself and in C", "share"], rows))
    return "\n\n".join(words)


def place(name: str) -> str:
    """Return the file of a function.

    >>> place("feed (groundup_httpparse/parser.py)")
    'groundup_httpparse/parser.py'
    """
    return name.partition(" (")[2].removesuffix(")")


WORDS: tuple[Callable[[Results], str], ...] = (
    *(machine, ratios, cpu, spread, cases, missing, latency, processes, memory, start, imports),
)
DRAWN: tuple[Callable[[Results, Pictures], str], ...] = (bars, waiting, flames)
