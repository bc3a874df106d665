"""Durable turns a second, ours and LangGraph's, side by side in one run.

A turn: a message, a model call, a tool call, its result, a model call, the answer; a scripted model
that costs nothing, SQLite with an fsync behind every acknowledged write, 50 sessions at once, in
conversations of two lengths: what a turn costs may grow with what was said before.

    pip install "langgraph>=1.2" "langgraph-checkpoint-sqlite>=3"
    python -m tests.benchmarks.turns [--rounds 10] [--repeat 5] [--long 40] [--long-repeat 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from liteagent.kernel.collector import settle_collector

SESSIONS = 50
Talk = Callable[[int, int], Awaitable[None]]
"""Carry turn `number` of session `session` out to its answer."""


async def measure(talk: Talk, rounds: int) -> dict[str, float]:
    """Turns a second and CPU milliseconds a turn: `SESSIONS` sessions of `rounds` turns each."""

    async def session(index: int) -> None:
        for number in range(rounds):
            await talk(index, number)

    settle_collector()  # both peers alike: as in a server that has started
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(session(index) for index in range(SESSIONS)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    turns = SESSIONS * rounds
    return {"turns_per_second": turns / wall, "cpu_ms_per_turn": cpu / turns * 1000}


@asynccontextmanager
async def our_talk(folder: Path, sessions: int = SESSIONS) -> AsyncIterator[Talk]:
    """So many sessions over a journal in `folder`."""
    from liteagent import tool
    from liteagent.agents.spec import AgentSpec
    from liteagent.journal import open_sqlite
    from liteagent.principal import LOCAL
    from liteagent.testing.answers import call, calls, says
    from liteagent.testing.model import ScriptedModel
    from tests.benchmarks.setting import sessions_over

    @tool(effect="pure")
    async def look(name: str) -> str:
        """Look something up."""
        return f"looked {name}"

    model = ScriptedModel({"see": calls(call("look", name="web")), "looked web": says("seen")})
    spec = AgentSpec(name="a", model="scripted/m", tools=("look",))
    async with (
        await open_sqlite(folder / "ours.db") as journal,
        sessions_over(journal, spec, model, [look]) as opened,
    ):
        ids = [await opened.create("a", principal=LOCAL) for _ in range(sessions)]

        async def talk(session: int, number: int) -> None:
            async for _ in opened.converse(ids[session], "see", principal=LOCAL):
                pass

        yield talk


async def our_turns(folder: Path, rounds: int) -> dict[str, float]:
    async with our_talk(folder) as talk:
        await measure(talk, 1)
        return await measure(talk, rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both peers' figures for conversations of so many turns; medians over the runs."""

    rounds: int
    liteagent: dict[str, float]
    langgraph: dict[str, float]
    ratio: float
    """Of the turns a second."""


def compare(rounds: int, repeat: int) -> Comparison:
    """Run both by turns, so that whatever else the machine does falls on both."""
    from tests.benchmarks.langgraph_peer import langgraph_turns

    own: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as name:
            theirs.append(asyncio.run(langgraph_turns(Path(name), rounds)))
            own.append(asyncio.run(our_turns(Path(name), rounds)))
    ours, peers = _medians(own), _medians(theirs)
    ratio = ours["turns_per_second"] / peers["turns_per_second"]
    return Comparison(rounds=rounds, liteagent=ours, langgraph=peers, ratio=ratio)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="turns in each session")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of runs; medians are shown")
    parser.add_argument("--long", type=int, default=40, help="turns in each long session; 0: none")
    parser.add_argument("--long-repeat", type=int, default=1, help="pairs of long runs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    usual = compare(args.rounds, args.repeat)
    compared = [usual, compare(args.long, args.long_repeat)] if args.long else [usual]
    if args.json:
        print(json.dumps({**asdict(usual), "by_length": [asdict(c) for c in compared]}))
    else:
        report(compared)


def report(compared: Sequence[Comparison]) -> None:
    """Print a line for each length of conversation, and the ratio of the usual one."""
    print(f"{SESSIONS} sessions, SQLite with fsync, scripted model; medians of alternating runs")
    print(f"{'turns in each':14}{'turns/s':^24}{'CPU ms/turn':^24}{'ratio of':>10}")
    print(f"{'session':14}" + f"{'LiteAgent':>12}{'LangGraph':>12}" * 2 + f"{'turns/s':>10}")
    for line in compared:
        own, theirs = line.liteagent, line.langgraph
        speeds = f"{own['turns_per_second']:>12.0f}{theirs['turns_per_second']:>12.0f}"
        costs = f"{own['cpu_ms_per_turn']:>12.2f}{theirs['cpu_ms_per_turn']:>12.2f}"
        print(f"{line.rounds:<14}{speeds}{costs}{line.ratio:>10.1f}")
    print(f"ratio {compared[0].ratio:.1f}")


if __name__ == "__main__":
    main()
