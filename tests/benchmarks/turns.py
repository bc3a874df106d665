"""Durable turns a second, ours and LangGraph's, side by side in one run.

A turn: a message, a model call, a tool call, its result, a model call, the answer; a scripted model
that costs nothing, SQLite with an fsync behind every acknowledged write, 50 sessions at once.

    pip install "langgraph>=1.2" "langgraph-checkpoint-sqlite>=3"
    python -m tests.benchmarks.turns [--rounds 10] [--repeat 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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


def main() -> None:
    from tests.benchmarks.langgraph_peer import langgraph_turns

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="turns in each session")
    parser.add_argument("--repeat", type=int, default=5, help="pairs of runs; medians are shown")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    own: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    for _ in range(args.repeat):
        # by turns, so that whatever else the machine does falls on both
        with tempfile.TemporaryDirectory() as name:
            theirs.append(asyncio.run(langgraph_turns(Path(name), args.rounds)))
            own.append(asyncio.run(our_turns(Path(name), args.rounds)))
    report(_medians(own), _medians(theirs), as_json=args.json)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def report(own: dict[str, float], theirs: dict[str, float], *, as_json: bool) -> None:
    ratio = own["turns_per_second"] / theirs["turns_per_second"]
    if as_json:
        print(json.dumps({"liteagent": own, "langgraph": theirs, "ratio": ratio}))
        return
    print(f"{SESSIONS} sessions, SQLite with fsync, scripted model; medians")
    print(f"{'':12}{'turns/s':>10}{'CPU ms/turn':>14}")
    for label, figures in (("LiteAgent", own), ("LangGraph", theirs)):
        turns, cpu = figures["turns_per_second"], figures["cpu_ms_per_turn"]
        print(f"{label:12}{turns:>10.0f}{cpu:>14.2f}")
    print(f"ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
