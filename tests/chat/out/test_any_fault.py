"""Whatever goes wrong, a conversation shows in the end what the agent said: each answer once, in
order, whole, and each request for approval as one card.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liteagent.chat.platform import FileOut, Text
from liteagent.chat.posts import text_contents
from liteagent.chat.text import join
from liteagent.clock import Clock
from liteagent.journal import MemoryJournal, Record
from liteagent.kernel import SendError
from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.models.contract import Fault, ModelError
from liteagent.testing import Answer, ScriptedModel, call
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from tests.chat.out.worlds import LIMITS, PLACE, ChatWorld, chat_world

ROUNDS = os.environ.get("LITEAGENT_CHAT_ROUNDS")
SMALL = replace(LIMITS, text=60, stream_text=50, messages=4, stream_seconds=30.0)
METHODS = ("post", "edit", "find", "remove", "stream", "append", "finish", "status")
MAY_BE_REFUSED = ("edit", "stream", "append", "finish", "status")
"""What is refused for good without the text being lost."""

fragments = st.sampled_from(
    [
        "word ",
        "a longer phrase of words, ",
        "end.\n",
        "\n\n",
        "`code` ",
        "```python\n",
        "```\n",
        "x = 1\n",
        "| a | b |\n|---|---|\n",
        "| 1 | 2 |\n",
        "https://example.org/a/long/path ",
        "é🎉",
    ]
)
texts = st.one_of(
    st.lists(fragments, max_size=30).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=150),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that goes wrong with one call of a method, after some that go well."""

    method: str
    kind: str
    after: int
    arrives: bool

    def queue(self, world: ChatWorld) -> None:
        faults = world.chat.faults
        for _ in range(self.after):
            faults.pass_one(self.method)
        match self.kind:
            case "lost":
                lost = SendError("The connection was lost.", may_have_arrived=True)
                faults.fail(self.method, lost, arrives=self.arrives)
            case "limit":
                faults.limit(self.method, 20.0)
            case "away":
                faults.fail(self.method, SendError("The platform is away."))
            case "crash":
                faults.crash(self.method, world.die, arrives=self.arrives)
            case _:
                refusable = self.method in MAY_BE_REFUSED
                (faults.refuse if refusable else faults.lose_call)(self.method)


troubles = st.builds(
    Trouble,
    method=st.sampled_from(METHODS),
    kind=st.sampled_from(["lost", "limit", "away", "crash", "crash", "refused"]),
    after=st.integers(0, 3),
    arrives=st.booleans(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the agent says, how it comes, and what goes wrong meanwhile."""

    before: str
    """Said with the call of a tool that has to be approved."""
    answer: str
    cuts: Sequence[int]
    pace: float
    """Seconds between two pieces."""
    breaks: int
    """The model's call that breaks off in the middle; 0: none does."""
    troubles: Sequence[Trouble]
    crashes: Sequence[float]
    """When the service is killed, in seconds since the last time."""
    writes: Sequence[int]
    """The writes of records, counted since the last time, at which the service is killed: after
    the write where the number is odd, else before.
    """
    streams: bool


stories = st.builds(
    Story,
    before=texts,
    answer=texts.filter(str.strip),
    cuts=st.lists(st.integers(0, 600), max_size=12),
    pace=st.sampled_from([0.0, 0.3, 2.0, 9.0]),
    breaks=st.integers(0, 2),
    troubles=st.lists(troubles, max_size=8),
    crashes=st.lists(st.floats(0.0, 15.0), max_size=3),
    writes=st.lists(st.integers(1, 40), max_size=4),
    streams=st.booleans(),
)


class PacedModel(ScriptedModel):
    """One that takes its time, and whose call breaks off once."""

    clock: Clock
    pace = 0.0
    breaks = 0
    calls = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        self.calls += 1
        number, count = self.calls, 0
        async for each in super().stream(request):
            if isinstance(each, TextDelta):
                await self.clock.sleep(self.pace)
                count += 1
            if number == self.breaks and (count == 2 or isinstance(each, ModelResponse)):
                raise ModelError("broke off", fault=Fault.TRANSIENT, model="scripted/model")
            yield each


class DeadlyJournal(MemoryJournal):
    """A journal at whose writes of records a service dies."""

    def __init__(self, writes: Sequence[int]) -> None:
        super().__init__()
        self.die: Callable[[], None] = lambda: None
        self._writes, self._count = list(writes), 0

    async def put_record(
        self, collection: str, key: str, value: Mapping[str, Any], *, expected: int | None = None
    ) -> Record:
        await self._step(odd=False)
        record = await super().put_record(collection, key, value, expected=expected)
        await self._step(odd=True)
        return record

    async def delete_record(self, collection: str, key: str) -> bool:
        await self._step(odd=False)
        found = await super().delete_record(collection, key)
        await self._step(odd=True)
        return found

    async def _step(self, *, odd: bool) -> None:
        self._count += not odd
        if self._writes and self._count >= self._writes[0] and odd == self._writes[0] % 2:
            self._count = 0
            del self._writes[0]
            self.die()
            await asyncio.sleep(0)  # where the cancellation strikes


def pieces_of(text: str, cuts: Sequence[int]) -> tuple[str, ...]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return tuple(text[low:high] for low, high in pairwise(edges) if low < high)


def rig_of(story: Story) -> AgentRig:
    restart = call("restart", name="web")
    model = PacedModel(
        {
            "go": Answer(pieces=pieces_of(story.before, story.cuts), tool_calls=(restart,)),
            "did restart": Answer(pieces=pieces_of(story.answer, story.cuts)),
        }
    )
    sink = Sink()
    restart_tool = sink.tool("restart", approval="always")
    rig = AgentRig(model, [restart_tool], sink=sink, journal=DeadlyJournal(story.writes))
    model.clock, model.pace, model.breaks = rig.clock, story.pace, story.breaks
    return rig


async def told(story: Story) -> None:
    async with chat_world(rig_of(story), limits=SMALL, streams=story.streams) as world:
        for trouble in story.troubles:
            trouble.queue(world)
        assert isinstance(world.rig.journal, DeadlyJournal)
        world.rig.journal.die = world.die
        await world.say("go")
        for seconds in story.crashes:
            await alive(world, seconds)
            await world.restart()
        while not await world.rig.pending():
            await alive(world, 20.0)
        for approval in await world.rig.pending():
            await world.rig.decide(approval)
        await alive(world, 20.0)
        world.chat.faults.clear()
        await alive(world, 300.0)
        check(world, story)


async def alive(world: ChatWorld, seconds: float) -> None:
    """Let time pass; whoever dies meanwhile is started again a little later."""
    left = seconds
    while left > 0:
        step = min(left, 5.0)
        await world.rig.advance(step)
        left -= step
        if world.is_dead:
            await world.restart()


def check(world: ChatWorld, story: Story) -> None:
    shown = world.chat.visible(PLACE)
    cards = [index for index, message in enumerate(shown) if message.is_card]
    assert len(cards) == 1
    assert shown[cards[0]].content.outcome
    for text, messages in (
        (story.before, shown[: cards[0]]),
        (story.answer, shown[cards[0] + 1 :]),
    ):
        contents = [message.content for message in messages]
        assert contents == list(text_contents(world.chat, text))
        whole = [each for each in contents if isinstance(each, FileOut)]
        if whole:
            assert [each.content.decode() for each in whole] == [text]
        elif text.strip():
            parts = [each.text for each in contents if isinstance(each, Text)]
            assert letters(join(parts)) == letters(text)
    assert not any(message.streaming for message in shown)
    assert world.chat.violations == []


def letters(text: str) -> str:
    """All but white space: a line of code too long for a message is cut into two lines."""
    return "".join(text.split())


@settings(
    max_examples=int(ROUNDS or 60),
    derandomize=ROUNDS is None,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(story=stories)
def test_a_conversation_shows_what_the_agent_said(story: Story) -> None:
    asyncio.run(told(story))
