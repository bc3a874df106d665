"""Durable turns a second, ours and LangGraph's, side by side in one run.

A turn: a message, a model call, a tool call, its result, a model call, the answer; a scripted model
that costs nothing, SQLite with an fsync behind every acknowledged write, 50 sessions at once, in
conversations of two lengths: what a turn costs may grow with what was said before. Every run is a
process of its own. LangGraph's collector of garbage is left as Python has it, and in a third
column it is settled as our hosts settle theirs.

    pip install "langgraph>=1.2" "langgraph-checkpoint-sqlite>=3"
    python -m tests.benchmarks.turns [--rounds 10] [--repeat 5] [--long 40] [--long-repeat 1]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
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


async def measure(talk: Talk, rounds: int, *, settled: bool) -> dict[str, float]:
    """Turns a second and CPU milliseconds a turn: `SESSIONS` sessions of `rounds` turns each."""

    async def session(index: int) -> None:
        for number in range(rounds):
            await talk(index, number)

    if settled:
        settle_collector()  # as in a server that has started
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
        await measure(talk, 1, settled=False)
        return await measure(talk, rounds, settled=True)


async def one_run(peer: str, rounds: int) -> dict[str, float]:
    """The figures of one peer, measured in this process."""
    with tempfile.TemporaryDirectory() as name:
        if peer == "liteagent":
            return await our_turns(Path(name), rounds)
        from tests.benchmarks.langgraph_peer import langgraph_turns

        return await langgraph_turns(Path(name), rounds, settled=peer == "langgraph settled")


PEERS = ("langgraph", "liteagent", "langgraph settled")
ORDER = ("liteagent", "liteagent", "langgraph", "liteagent", "liteagent", "langgraph settled")
"""Of the runs. Ours are over in less than a second, and what else the machine does falls on one of
them or does not; so there are more of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The peers' figures for conversations of so many turns; medians over the runs."""

    rounds: int
    figures: dict[str, dict[str, float]]

    def ratio(self, peer: str) -> float:
        """Our turns a second over a peer's."""
        ours, theirs = self.figures["liteagent"], self.figures[peer]
        return ours["turns_per_second"] / theirs["turns_per_second"]


def compare(rounds: int, repeat: int) -> Comparison:
    """Run the peers by turns, so that whatever else the machine does falls on all of them."""
    runs: dict[str, list[dict[str, float]]] = {peer: [] for peer in PEERS}
    for _ in range(repeat):
        for peer in ORDER:
            command = [sys.executable, "-m", "tests.benchmarks.turns", "--peer", peer]
            command += ["--rounds", str(rounds)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            runs[peer].append(json.loads(told))
    return Comparison(rounds=rounds, figures={peer: _medians(runs[peer]) for peer in PEERS})


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="turns in each session")
    parser.add_argument("--repeat", type=int, default=5, help="rounds of runs; medians are shown")
    parser.add_argument("--long", type=int, default=40, help="turns in each long session; 0: none")
    parser.add_argument("--long-repeat", type=int, default=1, help="rounds of long runs")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", choices=PEERS, help="one run of this one, as JSON")
    args = parser.parse_args()
    if args.peer:
        print(json.dumps(asyncio.run(one_run(args.peer, args.rounds))))
        return
    compared = [compare(args.rounds, args.repeat)]
    if args.long:
        compared.append(compare(args.long, args.long_repeat))
    if args.json:
        print(json.dumps([asdict(each) for each in compared]))
    else:
        report(compared)


def report(compared: Sequence[Comparison]) -> None:
    """Print a line for each peer and length of conversation."""
    print(f"{SESSIONS} sessions, SQLite with fsync, scripted model; medians of alternating runs")
    print(f"{'turns each':12}{'':20}{'turns/s':>10}{'CPU ms/turn':>14}{'LiteAgent is':>15}")
    for line in compared:
        for peer, figures in line.figures.items():
            speed, cost = figures["turns_per_second"], figures["cpu_ms_per_turn"]
            times = "" if peer == "liteagent" else f"{line.ratio(peer):.1f} times"
            print(f"{line.rounds:<12}{peer:20}{speed:>10.0f}{cost:>14.2f}{times:>15}")


if __name__ == "__main__":
    main()
