"""What a run found, for the eye: tables in the terminal, medians with lowest and highest."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.benchmarks.contenders import CONTENDERS

COLUMNS = 4  # of a terminal's line

Found = Mapping[str, Mapping[str, Any]]


def format_table(found: Found, cases: Iterable[str]) -> str:
    """Return the table, one contender a line: median, and from lowest to highest behind it."""
    cases, blocks = list(cases), list[str]()
    for at in range(0, len(cases), COLUMNS):
        some = cases[at : at + COLUMNS]
        blocks.append(f"{'µs of CPU per request':<32}" + "".join(f"{case:>24}" for case in some))
        for name, row in found.items():
            if any(row.get(case, {}).get("cpu_us") for case in some):
                cells = "".join(f"{format_cell(row[case]):>24}" for case in some)
                blocks.append(f"{CONTENDERS[name].title:<32}{cells}")
        blocks.append("")
    return "\n".join(blocks)


def format_cell(cell: Mapping[str, Any]) -> str:
    """Return one cell."""
    if "cpu_us" not in cell:
        return "-"
    return f"{cell['cpu_us']:.1f} ({cell['lowest']:.1f}-{cell['highest']:.1f})"


def ahead(found: Found, case: str, by: str = "cpu_us") -> tuple[str, float] | None:
    """Return the fastest peer of a case, and how many times our CPU time it takes.

    ``by`` is "cpu_us", the median, or "lowest", which a busy machine disturbs least.
    """
    ours = found.get("groundup", {}).get(case, {}).get(by)
    peers = {
        name: row[case][by]
        for name, row in found.items()
        if not CONTENDERS[name].ours and by in row.get(case, {})
    }
    if not ours or not peers:
        return None
    best = min(peers, key=lambda name: float(peers[name]))
    return best, peers[best] / ours


def format_ratios(found: Found, cases: Iterable[str]) -> str:
    """Return a line for each case that a peer took part in."""
    lines: list[str] = []
    for case in cases:
        ratio, lowest = ahead(found, case), ahead(found, case, "lowest")
        if ratio and lowest:
            what = f"the fastest peer, {CONTENDERS[ratio[0]].title}, takes {ratio[1]:.2f} times"
            lines.append(f"{case:<14}{what} our CPU; {lowest[1]:.2f} by the lowest turns")
    return "\n".join(lines)
