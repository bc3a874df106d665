"""Prints what becomes of every kind of effect when its process is killed at every moment.

python -m tests.chaos.matrix
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from tests.chaos.cells import Cell, Verdict, run_matrix


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--json", action="store_true", help="only the faults, by cell")
    args = parser.parse_args()
    if args.ray:
        title, verdicts = "On a Ray cluster, over SQLite", asyncio.run(_ray_matrix())
    else:
        title, verdicts = "In one process, over SQLite", run_matrix()
    if args.json:
        print(json.dumps({cell.name: verdict.faults for cell, verdict in verdicts.items()}))
        return 0
    console = Console()
    console.print(table(verdicts.values(), title))
    bad = sum(1 for verdict in verdicts.values() if verdict.faults)
    console.print(f"{len(verdicts) - bad} of {len(verdicts)} cells are as promised")
    return 1 if bad else 0


async def _ray_matrix() -> Mapping[Cell, Verdict]:
    from tests.chaos.ray_cells import run_ray_matrix

    return await run_ray_matrix()


if __name__ == "__main__":
    sys.exit(main())
