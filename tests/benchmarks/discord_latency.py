"""How long a person who has clicked in Discord has to wait while fifty turns run.

    python -m tests.benchmarks.discord_latency [CLICKS]

Acknowledgement: from the press of Approve until the interaction has its first answer, which Discord
wants within three seconds. Click: from the press until the tool acts. Stand-in, adapter and agents
share one process and one loop, so the figures are those of all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time

from rich.console import Console

from liteagent.testing import Answer, ScriptedModel, call, calls, says
from liteagent.testing.script import last_texts
from tests.benchmarks.slack_latency import ACKNOWLEDGED, CLICKS, STARTED, TURNS, table
from tests.discord_adapter.office import Office

SECONDS = 60.0


class Watched(list[str]):
    """What the tool did, and when it did the last of it."""

    last = 0.0

    def append(self, done: str) -> None:
        self.last = time.monotonic()
        super().append(done)


def script(gate: asyncio.Event) -> ScriptedModel:
    """`hold` begins an answer that stands still; `restart NAME` asks for the tool."""
    model = ScriptedModel()
    model.on(
        lambda request: last_texts(request)[0].startswith("hold"),
        lambda _: Answer(pieces=("One ", "moment", "."), gate=gate, gate_after=1),
    )
    model.on(
        lambda request: last_texts(request)[0].startswith("restart "),
        lambda request: calls(call("restart", name=last_texts(request)[0].split()[1])),
    )
    model.on(lambda _: True, says("done"))
    return model


async def busy(office: Office) -> None:
    """Let fifty turns run, each in a channel of its own."""
    for number in range(TURNS):
        channel = office.discord.add_channel(office.guild, f"busy{number}")
        await office.ask("hold", channel=channel)
    typed = office.discord.typing
    await office.until(lambda: len({each.channel_id for each in typed}) >= TURNS, seconds=SECONDS)


async def click(office: Office, done: Watched, number: int) -> tuple[float, float]:
    """Seconds to the acknowledgement, and to the tool."""
    channel = office.discord.add_channel(office.guild, f"click{number}")
    thread = await office.ask(f"restart web{number}", channel=channel)
    card = await office.card(thread)
    before, began = len(done), time.monotonic()
    asked = await office.press(card, "Approve")
    await office.until(lambda: asked.answered and len(done) > before, seconds=SECONDS)
    assert asked.seconds is not None
    return asked.seconds, done.last - began


async def main(clicks: int) -> None:
    gate, load = asyncio.Event(), os.getloadavg()[0]
    async with Office(model=script(gate)) as office:
        office.world.restarted = done = Watched()
        await click(office, done, -1)  # whatever is loaded at the first use
        await busy(office)
        found = [await click(office, done, number) for number in range(clicks)]
        gate.set()
    shown = {ACKNOWLEDGED: [ack for ack, _ in found], STARTED: [start for _, start in found]}
    title = f"Discord in one process, {TURNS} turns running, load {load:.1f} before"
    Console().print(table(shown, title))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clicks", type=int, nargs="?", default=CLICKS)
    asyncio.run(main(parser.parse_args().clicks))
