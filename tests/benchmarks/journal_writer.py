"""What group commit is worth: turns of four events, from many sessions at once, on this machine.

    python tests/benchmarks/journal_writer.py [--sessions 50] [--seconds 3] [--directory DIR]

Every commit is on stable storage before it is acknowledged, in each of the three ways. The
directory should be on the disk that is meant (not a tmpfs); it is the system's temporary one.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from liteagent.events import Draft, Head
from liteagent.journal import Append, Journal, open_sqlite

TURN = ("message.received", "model.requested", "model.responded", "message.sent")
TEXT = "All twelve pods of the staging cluster are running; two were restarted tonight. " * 3

Guard = Callable[[], AbstractAsyncContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to store a turn: how many appends, and whether they may share a commit."""

    name: str
    appends: int
    grouped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured. Times in seconds, sizes in bytes."""

    way: Way
    turns_a_second: float
    cpu_a_turn: float
    median: float
    p99: float
    bytes_an_event: float


WAYS = (
    Way(name="commit per event", appends=4, grouped=False),
    Way(name="group commit, 4 appends a turn", appends=4, grouped=True),
    Way(name="group commit, 1 append a turn", appends=1, grouped=True),
)


async def live(
    journal: Journal, entity: str, way: Way, guard: Guard, until: float
) -> Sequence[float]:
    """Have turns until `until`; how long each took."""
    row = await journal.claim(entity, "benchmark", 0.0)
    seq, took = row.seq, list[float]()
    step = len(TURN) // way.appends
    while (began := time.perf_counter()) < until:
        turn = f"turn_{seq:026}"
        for first in range(0, len(TURN), step):
            drafts = [
                Draft(name, {"turn_id": turn, "text": TEXT}, (f"turn:{turn}",) if n == 0 else ())
                for n, name in enumerate(TURN[first : first + step], first)
            ]
            write = Append(
                entity=entity,
                epoch=row.epoch,
                expected_seq=seq,
                ts=time.time(),
                drafts=drafts,
                head=Head(status="running", agent="ops"),
            )
            async with guard():
                await journal.append(write)
            seq += len(drafts)
        took.append(time.perf_counter() - began)
    return took


async def measure(way: Way, sessions: int, seconds: float, path: Path) -> Result:
    """Run one way on a fresh file."""
    lock = asyncio.Lock()
    guard: Guard = nullcontext if way.grouped else lambda: lock
    async with await open_sqlite(path) as journal:
        began, cpu_before = time.perf_counter(), time.process_time()
        lives = [
            live(journal, f"session/ses_{n:026}", way, guard, began + seconds)
            for n in range(sessions)
        ]
        took = sorted(t for times in await asyncio.gather(*lives) for t in times)
        elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu_before
    return Result(
        way=way,
        turns_a_second=len(took) / elapsed,
        cpu_a_turn=cpu / len(took),
        median=took[len(took) // 2],
        p99=took[len(took) * 99 // 100],
        bytes_an_event=path.stat().st_size / (len(took) * len(TURN)),
    )


def print_table(results: Sequence[Result]) -> None:
    columns = "{:<32}{:>10}{:>8}{:>14}{:>11}{:>11}{:>14}"
    heads = ("", "turns/s", "ratio", "CPU µs/turn", "median ms", "p99 ms", "bytes/event")
    print(columns.format(*heads))
    for result in results:
        cells = (
            result.way.name,
            f"{result.turns_a_second:,.0f}",
            f"{result.turns_a_second / results[0].turns_a_second:.1f}",
            f"{result.cpu_a_turn * 1e6:.0f}",
            f"{result.median * 1e3:.1f}",
            f"{result.p99 * 1e3:.1f}",
            f"{result.bytes_an_event:.0f}",
        )
        print(columns.format(*cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--directory", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        results = [
            asyncio.run(
                measure(way, options.sessions, options.seconds, Path(directory) / f"{n}.db")
            )
            for n, way in enumerate(WAYS)
        ]
    print(f"{options.sessions} sessions, turns of {len(TURN)} events of {len(TEXT)} characters\n")
    print_table(results)


if __name__ == "__main__":
    main()
