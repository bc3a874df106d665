"""A conversation in Slack during which the process that serves it dies: at every step once."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liteagent.chat.inbox import ChatInbox
from liteagent.journal import Journal, open_sqlite
from liteagent.journal.crashpoints import CRASH_AT
from liteagent.testing.slack import FakeSlack
from tests.chaos.cells import AT_ONCE
from tests.chaos.checks import Conversation
from tests.chaos.slack_life import Breeder, Home, Life
from tests.chaos.slack_story import FINAL, FIRST, Model, Story
from tests.cluster.waiting import until
from tests.fixtures.slack_team import Team

NAME = "slack"
SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the conversation at which the process dies."""

    what: str
    """What has happened, and what has not."""
    kill: str
    """The crash point that kills it, or `during METHOD:N`: the nth call of this method is applied,
    and it hears of it no more.
    """

    @property
    def name(self) -> str:
        return f"{self.what} ({self.kill})"


STEPS = (
    Step("a mention came, and is not stored", "inbound.before-intent:1"),
    Step("it is stored, and not acknowledged", "inbound.after-intent:1"),
    Step("it is acknowledged, and in no session", "during users.info:1"),
    Step("the session has it, and nobody knows", "inbound.after-effect:1"),
    Step("it is known that the session has it", "inbound.after-outcome:1"),
    Step("it is handled", "inbound.after-reply:1"),
    Step("the model is to be asked", "model.before-intent:1"),
    Step("the model is asked", "model.after-intent:1"),
    Step("the model has answered", "model.after-effect:1"),
    Step("the answer is in the journal", "model.after-outcome:1"),
    Step("the answer is to be posted", "outbound.before-intent:2"),
    Step("it is being posted", "post.before-intent:1"),
    Step("its post is about to be made", "post.after-intent:1"),
    Step("it is posted, and Slack's answer is lost", "during chat.startStream:1"),
    Step("it is posted, and not recorded", "post.after-effect:1"),
    Step("its post is recorded", "post.after-outcome:1"),
    Step("its post is recorded, and not delivered", "outbound.after-effect:2"),
    Step("its post is delivered", "outbound.after-outcome:2"),
    Step("consent is asked for", "outbound.before-intent:3"),
    Step("the card is about to be posted", "outbound.after-intent:3"),
    Step("the card is posted, and Slack's answer is lost", "during chat.postMessage:1"),
    Step("the card is posted, and not recorded", "post.after-effect:2"),
    Step("the card is delivered", "outbound.after-outcome:3"),
    Step("a click came, and is not stored", "inbound.before-intent:3"),
    Step("the click is stored, and not acknowledged", "inbound.after-intent:2"),
    Step("the form is open, and Slack's answer is lost", "during views.open:1"),
    Step("the form is open, and nobody knows", "inbound.after-effect:2"),
    Step("the form came, and is not stored", "inbound.before-intent:4"),
    Step("the form is stored, and not acknowledged", "inbound.after-intent:3"),
    Step("it is to be decided", "approval.before-intent:1"),
    Step("it is being decided", "approval.after-intent:1"),
    Step("it is decided", "approval.after-effect:1"),
    Step("it is decided, and whoever asked is told", "approval.after-outcome:1"),
    Step("it is decided, and Bob's form is answered", "approval.after-reply:1"),
    Step("it is decided, and the form not handled", "inbound.after-effect:3"),
    Step("it is decided, and the card not rewritten", "outbound.before-intent:4"),
    Step("the card is rewritten, and Slack's answer is lost", "during chat.update:1"),
    Step("the card is rewritten, and not recorded", "outbound.after-effect:4"),
    Step("the tool is to run", "tool.before-intent:1"),
    Step("the tool is running", "tool.after-intent:1"),
    Step("the tool has acted, and nobody knows", "tool.after-effect:1"),
    Step("the tool's result is in the journal", "tool.after-outcome:1"),
    Step("the model has the result", "model.after-intent:2"),
    Step("the last answer is half shown", "streaming"),
    Step("the last answer is in the journal", "outbound.before-intent:5"),
    Step("it is about to be shown as a whole", "outbound.after-intent:5"),
    Step("it stands there, and is not recorded", "outbound.after-effect:5"),
    Step("it stands there, and is recorded", "outbound.after-outcome:5"),
    Step("it is delivered", "outbound.after-reply:5"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the conversation."""

    step: str
    killed: str
    presses: int
    asked: int
    """Questions about an unknown outcome."""
    acted: int
    """Times that the tool changed the world."""
    lost: int
    doubled: int
    faults: tuple[str, ...]


async def run_matrix(steps: Sequence[Step] = STEPS) -> Mapping[Step, Verdict]:
    """Kill and finish every conversation, two at a time."""
    free: asyncio.Queue[Breeder] = asyncio.Queue()

    async def run(step: Step) -> Verdict:
        breeder = await free.get()
        try:
            return await run_cell(step, breeder)
        finally:
            free.put_nowait(breeder)

    async with breeders(AT_ONCE) as born:
        for breeder in born:
            free.put_nowait(breeder)
        return dict(zip(steps, await asyncio.gather(*map(run, steps)), strict=True))


@asynccontextmanager
async def breeders(number: int) -> AsyncGenerator[Sequence[Breeder]]:
    """So many, each of which has one life after the other."""
    born = [Breeder() for _ in range(number)]
    for breeder in born:
        await breeder.__aenter__()
    try:
        yield born
    finally:
        for breeder in born:
            await breeder.__aexit__(None, None, None)


async def run_cell(step: Step, breeder: Breeder) -> Verdict:
    """One conversation, during which the process dies once."""
    with tempfile.TemporaryDirectory(prefix="liteagent-chaos-") as name:
        home = Home(Path(name))
        home.furnish()
        async with FakeSlack() as slack, Model() as model:
            return await _Cell(step, breeder, home, Team(slack), model).run()


class _Cell:
    def __init__(self, step: Step, breeder: Breeder, home: Home, team: Team, model: Model) -> None:
        self._step, self._breeder, self._home = step, breeder, home
        self._team, self._model = team, model
        self._environ = home.variables(model.url) | team.environment
        self._story = Story(team, home.world)

    async def run(self) -> Verdict:
        life = await self._bear(self._doom())
        keeping = asyncio.ensure_future(self._keep(life))
        telling = asyncio.ensure_future(self._story.tell())
        try:
            await asyncio.wait_for(telling, SECONDS)
            second, exit = await asyncio.wait_for(keeping, SECONDS)
            await self._settled()
            second.kill()
            await second.ended()
            faults = [] if exit == -signal.SIGKILL else [f"its life ended with {exit}"]
            return await self._examine(faults)
        except (AssertionError, TimeoutError) as error:
            seen = f"{self._team.slack.describe()}\n{self._home.output[-4000:]}"
            raise AssertionError(f"{self._step.name}: {error}\n{seen}") from error
        finally:
            for work in (keeping, telling):
                work.cancel()
            await asyncio.gather(keeping, telling, return_exceptions=True)

    async def _bear(self, more: Mapping[str, str]) -> Life:
        return await self._breeder.bear(self._home, self._environ | dict(more))

    def _doom(self) -> Mapping[str, str]:
        is_point = "." in self._step.kill and not self._step.kill.startswith("during ")
        return {CRASH_AT: self._step.kill} if is_point else {}

    async def _keep(self, life: Life) -> tuple[Life, int]:
        """Kill it unless it dies by itself, and bring up another; how the first one ended."""
        slack, kill = self._team.slack, self._step.kill
        if kill == "streaming":
            self._model.gate.clear()
            await slack.until(lambda: self._story.is_half_told, SECONDS)
            life.kill()
        elif kill.startswith("during "):
            method, _, nth = kill.removeprefix("during ").partition(":")
            hold = slack.faults.hold(method)
            await slack.until(lambda: len(slack.calls_of(method)) >= int(nth), SECONDS)
            life.kill()
            hold.release()
        exit = await life.ended()
        self._model.gate.set()
        second = await self._bear({})
        await slack.until(lambda: slack.sockets, SECONDS)
        await slack.redeliver()
        return second, exit

    async def _settled(self) -> None:
        """Until all that has come is handled, and all that was said is delivered."""
        async with await open_sqlite(self._home.journal) as journal:
            await until(lambda: is_settled(journal), SECONDS)

    async def _examine(self, faults: list[str]) -> Verdict:
        async with await open_sqlite(self._home.journal) as journal:
            return await examine(self._step.what, self._step.kill, journal, self._story, faults)


async def examine(
    what: str, killed: str, journal: Journal, story: Story, faults: Sequence[str] = ()
) -> Verdict:
    """Compare what the journal, the world and Slack say of a conversation that has ended."""
    told = await Conversation.read(journal, story.world, story.team.session(story.thread))
    problems = await journal.records(f"chat-problems/{NAME}")
    lost, doubled = _counted(told, story)
    return Verdict(
        step=what,
        killed=killed,
        presses=story.presses,
        asked=told.asked,
        acted=story.acted,
        lost=lost,
        doubled=doubled,
        faults=(
            *faults,
            *told.faults(1),
            *(f"set aside: {record.value}" for record in problems),
            *_faults_in_slack(story),
        ),
    )


def _faults_in_slack(story: Story) -> Iterator[str]:
    team, thread = story.team, story.thread
    texts = team.texts(thread)
    if texts != [FIRST, FINAL]:
        yield f"the thread shows {texts}"
    if len(team.cards(thread)) != 1 + story.asked:
        yield f"{len(team.cards(thread))} cards and {story.asked} questions"
    keys = Counter(_key(message.metadata) for message in team.ours(thread))
    yield from (f"{n} messages have the key {key}" for key, n in keys.items() if key and n > 1)
    yield from (f"{found.method}: {found.what}" for found in team.slack.violations)


def _counted(told: Conversation, story: Story) -> tuple[int, int]:
    """How many turns, texts, cards and calls are missing, and how many are there twice."""
    texts = story.team.texts(story.thread)
    found = [
        told.answered,
        texts.count(FIRST),
        texts.count(FINAL),
        len(story.team.cards(story.thread)) - story.asked,
        story.acted,
    ]
    return sum(max(0, 1 - n) for n in found), sum(max(0, n - 1) for n in found)


async def is_settled(journal: Journal) -> bool:
    """Whether all that came is handled, and all that was posted is recorded."""
    if await ChatInbox(journal, NAME).page("", 0.0):
        return False
    return all(record.value["done"] for record in await journal.records(f"chat-posts/{NAME}"))


def _key(metadata: Mapping[str, Any] | None) -> str | None:
    payload: Mapping[str, str] = {} if metadata is None else metadata["event_payload"]
    return payload.get("key")
