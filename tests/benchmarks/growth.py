"""What a turn costs as its conversation grows, ours and LangGraph's, side by side in one run.

One session, the turns of `tests.benchmarks.turns`, SQLite with an fsync behind every acknowledged
write. Bytes are the pages of the database that are in use, so that a write-ahead log that has not
been folded in yet counts once; `per turn` is what the turns since the line above have added to
them. CPU is that of the process over the last fifty turns (at the first line, over as many as there
are).

    pip install "langgraph>=1.2" "langgraph-checkpoint-sqlite>=3"
    python -m tests.benchmarks.growth [--turns 5 50 500]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.turns import Talk, our_talk

TURNS = (5, 50, 500)
WARM_UP = 5
CPU_OVER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What has been measured when so many turns were done."""

    turns: int
    bytes: int
    """In the store, all turns together."""
    bytes_per_turn: float
    """Of the turns since the point before."""
    cpu_ms_per_turn: float


async def grow(
    opened: AbstractAsyncContextManager[Talk], database: Path, turns: Sequence[int]
) -> list[Point]:
    """Measure one conversation at these turns, which rise."""
    async with opened as talk:
        for number in range(WARM_UP):
            await talk(1, number)
        points = [Point(turns=0, bytes=bytes_in(database), bytes_per_turn=0, cpu_ms_per_turn=0)]
        cpu = deque([time.process_time()], maxlen=CPU_OVER + 1)
        for number in range(1, turns[-1] + 1):
            await talk(0, number)
            cpu.append(time.process_time())
            if number in turns:
                points.append(_point(number, bytes_in(database), points[-1], cpu))
        return points[1:]


def _point(turns: int, now: int, before: Point, cpu: deque[float]) -> Point:
    return Point(
        turns=turns,
        bytes=now,
        bytes_per_turn=(now - before.bytes) / (turns - before.turns),
        cpu_ms_per_turn=(cpu[-1] - cpu[0]) / (len(cpu) - 1) * 1000,
    )


def bytes_in(database: Path) -> int:
    """Bytes of the pages that are in use."""
    with closing(sqlite3.connect(database)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (unused,) = connection.execute("PRAGMA freelist_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return (pages - unused) * size


def main() -> None:
    from tests.benchmarks.langgraph_peer import langgraph_talk

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, nargs="+", default=TURNS, help="when to measure")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, turns = Path(name), sorted(args.turns)
        figures = {
            "LiteAgent": asyncio.run(grow(our_talk(folder, 2), folder / "ours.db", turns)),
            "LangGraph": asyncio.run(grow(langgraph_talk(folder), folder / "langgraph.db", turns)),
        }
    if args.json:
        print(json.dumps({label: [asdict(p) for p in points] for label, points in figures.items()}))
        return
    print(f"{'':12}{'turns':>8}{'KB stored':>12}{'KB per turn':>14}{'CPU ms per turn':>18}")
    for label, points in figures.items():
        for point in points:
            print(
                f"{label:12}{point.turns:>8}{point.bytes / 1000:>12.0f}"
                f"{point.bytes_per_turn / 1000:>14.1f}{point.cpu_ms_per_turn:>18.2f}"
            )


if __name__ == "__main__":
    main()
