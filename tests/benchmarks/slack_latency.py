"""How long Slack, and a person who has clicked, have to wait while fifty turns run.

    python -m tests.benchmarks.slack_latency [--ray] [CLICKS]

Acknowledgement: from the delivery of an event by the stand-in until it is told that it arrived.
Click: from the press of Approve until the tool acts, by the file that it writes into.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from liteagent.testing.slack import FakeSlack
from tests.chaos.slack_cells import SECONDS, breeders
from tests.chaos.slack_life import Home
from tests.chaos.slack_ray_cells import bench_in
from tests.chaos.slack_story import Model
from tests.fixtures.slack_team import Team

TURNS = 50
MESSAGES = 6
"""Of each thread, while its turn runs."""
CLICKS = 30
ACKNOWLEDGED, STARTED = "event to acknowledgement", "Approve to tool start"
GOALS = {ACKNOWLEDGED: ("p99", 0.5), STARTED: ("p50", 0.25)}


@asynccontextmanager
async def in_process(folder: Path) -> AsyncGenerator[tuple[Team, Model, Home]]:
    """`liteagent adapter slack --in-process`."""
    home = Home(folder)
    home.furnish()
    async with FakeSlack() as slack, Model() as model, breeders(1) as (breeder,):
        team = Team(slack)
        life = await breeder.bear(home, home.variables(model.url) | team.environment)
        await slack.until(lambda: slack.sockets, SECONDS)
        yield team, model, home
        life.kill()
        await life.ended()


@asynccontextmanager
async def on_ray(folder: Path) -> AsyncGenerator[tuple[Team, Model, Home]]:
    """`liteagent up`."""
    async with bench_in(folder) as bench:
        yield bench.team, bench.model, bench.home


async def busy(team: Team, model: Model) -> None:
    """Let fifty turns run, and say more in their threads."""
    model.first_gate.clear()
    threads: dict[str, str] = {}
    for number in range(TURNS):
        channel = team.new_channel(f"busy{number}")
        threads[channel] = await team.mention("please restart it", channel)
    await team.slack.until(lambda: len(model.script.requests) >= TURNS or None, SECONDS)
    for number in range(MESSAGES):
        for channel, thread in threads.items():
            await team.slack.say(team.ann, channel, f"and {number}", thread)
        await team.slack.until(lambda: not team.slack.unacknowledged, SECONDS)


async def click(team: Team, home: Home, number: int) -> float:
    """From a press of Approve to the tool."""
    channel = team.new_channel(f"click{number}")
    thread = await team.mention("please restart it", channel)
    card = await team.card(thread, channel)
    size = _size(home)
    began = time.time()
    assert (await team.press(card, "Approve")).acked
    await team.slack.until(lambda: len(team.texts(thread, channel)) > 1, SECONDS)
    assert _size(home) > size
    return home.world.path.stat().st_mtime - began


def _size(home: Home) -> int:
    return home.world.path.stat().st_size if home.world.path.exists() else 0


async def measure(team: Team, model: Model, home: Home, clicks: int) -> dict[str, list[float]]:
    """Seconds, by what took them."""
    await click(team, home, -1)  # whatever is loaded at the first use
    before = len(team.slack.acks)
    await busy(team, model)
    acks = [ack.seconds for ack in team.slack.acks[before:] if ack.kind == "events_api"]
    model.first_gate.set()
    return {
        ACKNOWLEDGED: acks,
        STARTED: [await click(team, home, number) for number in range(clicks)],
    }


def table(found: dict[str, list[float]], title: str) -> Table:
    shown = Table(title=title, title_justify="left", box=None)
    for column in ("", "n", "p50", "p90", "p99", "goal", ""):
        shown.add_column(column, justify="right" if column else "left")
    for what, seconds in found.items():
        which, goal = GOALS[what]
        points = {f"p{n}": _percentile(seconds, n) for n in (50, 90, 99)}
        values = [f"{value * 1000:.0f} ms" for value in points.values()]
        verdict = "met" if points[which] < goal else "missed"
        row = (what, str(len(seconds)), *values, f"{which} < {goal * 1000:.0f} ms", verdict)
        shown.add_row(*row)
    return shown


def _percentile(seconds: Sequence[float], n: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[n - 1]


async def main(clicks: int, *, ray: bool) -> int:
    bench, title = (on_ray, "On Ray") if ray else (in_process, "In one process")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="liteagent-slack-") as name:
        async with bench(Path(name)) as (team, model, home):
            found = await measure(team, model, home, clicks)
    console = Console()
    console.print(table(found, f"{title}, {TURNS} turns running, load {load:.1f} before"))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clicks", type=int, nargs="?", default=CLICKS)
    parser.add_argument("--ray", action="store_true")
    args = parser.parse_args()
    sys.exit(asyncio.run(main(args.clicks, ray=args.ray)))
