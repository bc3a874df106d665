"""Prints what becomes of a conversation in Slack whose processes are killed at every step of it.

python -m tests.chaos.slack_matrix [--ray [--short]]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.slack_cells import Verdict, run_matrix

WIDTH = 140
"""Characters of a line: steps are described at length."""


def table(verdicts: Sequence[Verdict], title: str) -> Table:
    """One line for each cell."""
    shown = Table(title=title, title_justify="left", box=None)
    for column in ("step", "killed"):
        shown.add_column(column, no_wrap=True)
    for column in ("presses", "asked", "acted", "lost", "doubled"):
        shown.add_column(column, justify="right")
    shown.add_column("verdict")
    for verdict in verdicts:
        numbers = (verdict.presses, verdict.asked, verdict.acted, verdict.lost, verdict.doubled)
        shown.add_row(
            verdict.step,
            verdict.killed,
            *map(str, numbers),
            "; ".join(verdict.faults) or "ok",
        )
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--short", action="store_true", help="on Ray: each step once")
    parser.add_argument("--json", action="store_true", help="only the faults, by cell")
    args = parser.parse_args()
    title = "On a Ray cluster" if args.ray else "Adapter and host in one process"
    verdicts = asyncio.run(_matrix(ray=args.ray, short=args.short))
    if args.json:
        print(json.dumps({f"{v.step}, {v.killed}": v.faults for v in verdicts}))
        return 0
    console = Console(width=WIDTH)
    console.print(table(verdicts, title))
    lost, doubled = sum(v.lost for v in verdicts), sum(v.doubled for v in verdicts)
    bad = sum(1 for verdict in verdicts if verdict.faults)
    console.print(f"{len(verdicts)} cells, {bad} with faults: lost {lost}, duplicated {doubled}")
    return 1 if bad or lost or doubled else 0


async def _matrix(*, ray: bool, short: bool) -> Sequence[Verdict]:
    if not ray:
        return list((await run_matrix()).values())
    from tests.chaos.slack_ray_cells import CELLS, SHORT, run_ray_matrix

    return await run_ray_matrix(SHORT if short else CELLS)


if __name__ == "__main__":
    sys.exit(main())
