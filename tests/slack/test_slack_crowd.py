"""Many people in many threads, over a bad line, through Slack's own library."""

from __future__ import annotations

import asyncio
import re

import pytest

from liteagent.chat import backfill
from liteagent.messages import ModelRequest
from liteagent.testing import Answer, ScriptedModel
from liteagent.testing.runtime import AgentRig
from liteagent.testing.script import last_texts
from liteagent.testing.slack import courier
from tests.slack.bench import Bench
from tests.slack.listening import QUICK_PING

THREADS = 50
AT_ONCE = 5
"""Messages of each thread that are said beside each other, while deliveries change places …"""
IN_TURN = 4
"""… and those that are said when the one before is answered, while sockets break."""
FAULTS = 0.04
"""Of the calls of Slack's API: too many, failed, or broken off before or after they were applied.
"""
BREAKS_AFTER = 40
"""Acknowledgements between two troubles of the sockets."""
SOONER = (0.0, 0.0, *[1.0] * 8)
"""Seconds before each attempt to deliver an event, where Slack waits for up to five minutes."""
BETWEEN_QUESTIONS = 0.02
"""Seconds between two questions of a look back, which for fifty threads would take a minute."""
SECONDS = 120.0


class Crowd:
    """Fifty threads, each in a channel of its own, and what is said in them."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self._slack = bench, bench.slack
        people = [bench.ann, bench.bob]
        names = [f"c{number}" for number in range(THREADS)]
        self._channels = [self._slack.add_channel(name, members=people) for name in names]
        self._threads: dict[str, str] = {}
        self._said: dict[str, list[str]] = {channel: [] for channel in self._channels}

    async def begin(self) -> None:
        """Open every thread, by mentions that come twice; what the API does is unreliable."""
        self._slack.faults.at_random(seed=7, rate=FAULTS)
        self._slack.faults.duplicate(THREADS)
        for channel in self._channels:
            await self._say(channel)

    async def talk_at_once(self) -> None:
        """Say things while earlier ones wait; deliveries of two threads are mixed up."""
        for number, channel in enumerate(self._channels):
            if number % 2 == 0:
                self._slack.faults.reorder(2 * AT_ONCE, seed=number)
                self._slack.faults.duplicate(AT_ONCE)
            for _ in range(AT_ONCE):
                await self._say(channel)

    async def talk_in_turn(self) -> None:
        """Say the rest, thing by thing, while sockets break and acknowledgements are lost."""
        breaking = asyncio.create_task(self._break_sockets())
        await asyncio.gather(*(self._talk_in_turn(channel) for channel in self._channels))
        breaking.cancel()

    async def check(self) -> None:
        """Every message was heard once, in its order, and every answer stands in its thread."""
        for channel, said in self._said.items():
            assert await self._bench.heard(self._threads[channel], channel) == said
            assert self._answers(channel) == [heard(text) for text in said]
        assert sum(map(len, self._said.values())) == 500
        assert self._slack.lost == []
        assert self._slack.violations == []

    async def _say(self, channel: str) -> None:
        said = self._said[channel]
        said.append(f"{channel} {len(said)}")
        thread = self._threads.get(channel)
        mention = "" if thread else f"<@{self._slack.bot}> "
        ts = await self._slack.say(self._bench.ann, channel, mention + said[-1], thread)
        self._threads.setdefault(channel, ts)

    async def _talk_in_turn(self, channel: str) -> None:
        for _ in range(IN_TURN):
            await self._answered(channel)
            await self._say(channel)
        await self._answered(channel)

    async def _answered(self, channel: str) -> None:
        said = len(self._said[channel])
        await self._slack.until(lambda: len(self._answers(channel)) == said, SECONDS)

    def _answers(self, channel: str) -> list[str]:
        """What is complete of what stands there."""
        texts = self._bench.texts(self._threads[channel], channel)
        return [text for text in texts if text.endswith(".")]

    async def _break_sockets(self) -> None:
        faults, acks = self._slack.faults, self._slack.acks
        while True:
            for trouble in (faults.drop_sockets, faults.drop_after_ack, faults.refresh_sockets):
                count = len(acks) + BREAKS_AFTER
                await self._slack.until(lambda count=count: len(acks) >= count, 10 * SECONDS)
                happening = trouble()
                if asyncio.iscoroutine(happening):
                    await happening
                faults.lose_acks(2)


def heard(text: str) -> str:
    return f"I heard {text}."


async def test_of_500_messages_in_50_threads_none_is_lost_answered_twice_or_out_of_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "PAUSES", SOONER)
    monkeypatch.setattr(backfill, "PAUSE_SECONDS", BETWEEN_QUESTIONS)
    slowly = asyncio.Event()

    def answer(request: ModelRequest) -> Answer:
        text = last_texts(request)[0]
        pieces = ("I ", "heard ", text, ".")
        return Answer(pieces=pieces, gate=slowly if text.endswith("1") else None, gate_after=2)

    model = ScriptedModel()
    model.on(re.compile(""), answer)
    async with Bench(AgentRig(model), ping_seconds=QUICK_PING) as bench:
        crowd = Crowd(bench)
        await crowd.begin()
        await crowd.talk_at_once()
        slowly.set()
        await crowd.talk_in_turn()
        await crowd.check()
