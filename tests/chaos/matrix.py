"""Prints what becomes of every kind of effect when its process is killed at every moment.

python -m tests.chaos.matrix
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from tests.chaos.cells import Verdict, run_matrix


def table(verdicts: Iterable[Verdict], title: str) -> Table:
    """One line for each cell."""
    shown = Table(title=title, title_justify="left", box=None)
    for column in ("effect", "killed"):
        shown.add_column(column, no_wrap=True)
    for column in ("answered", "happened", "keys", "asked"):
        shown.add_column(column, justify="right")
    shown.add_column("verdict")
    before = ""
    for verdict in verdicts:
        scenario = verdict.cell.scenario
        shown.add_row(
            "" if scenario.name == before else scenario.name,
            verdict.cell.moment.value,
            f"{verdict.answered}/{len(scenario.says)}",
            str(verdict.effects),
            str(verdict.keys),
            str(verdict.asked),
            "; ".join(verdict.faults) or "ok",
        )
        before = scenario.name
    return shown


def main() -> int:
    verdicts = run_matrix()
    console = Console()
    console.print(table(verdicts.values(), "In one process, over SQLite"))
    bad = sum(1 for verdict in verdicts.values() if verdict.faults)
    console.print(f"{len(verdicts) - bad} of {len(verdicts)} cells are as promised")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
