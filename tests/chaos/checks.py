"""What must be true of a journal and of the world after a death, whenever it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from liteagent.agents import SESSION
from liteagent.events import Event
from liteagent.ids import entity_id
from liteagent.journal import Journal
from tests.chaos.talk import key_of
from tests.chaos.world import World

ENDS = ("turn.completed", "turn.failed", "turn.cancelled")
SETTLED = ("tool.succeeded", "tool.failed")
REPEATABLE = ("pure", "idempotent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a session's journal and the world say of it."""

    session: str
    events: Sequence[Event]
    world: World

    @classmethod
    async def read(cls, journal: Journal, world: World, session: str) -> Conversation:
        events = await journal.read(entity_id(SESSION, session), limit=100_000)
        return cls(session=session, events=events, world=world)

    def of_type(self, *types: str) -> list[Event]:
        return [event for event in self.events if event.type in types]

    @property
    def answered(self) -> int:
        """Messages whose turn was completed."""
        return len(self.of_type("turn.completed"))

    @property
    def asked(self) -> int:
        """Questions about unknown outcomes."""
        return sum(
            event.data["kind"] == "unknown_outcome" for event in self.of_type("approval.requested")
        )

    def done(self, call_id: str, tool: str) -> int:
        """How often a call has changed the world."""
        return self.world.keys(tool).count(key_of(self.session, call_id))

    def faults(self, said: int) -> list[str]:
        """Everything that is wrong, in sentences; `said` is the number of messages."""
        return [*self._message_faults(said), *self._call_faults(), *self._grant_faults()]

    def _message_faults(self, said: int) -> Iterator[str]:
        if [event.seq for event in self.events] != list(range(1, len(self.events) + 1)):
            yield "the journal has gaps"
        received = [event.data["turn_id"] for event in self.of_type("message.received")]
        if len(received) != said:
            yield f"{said} messages were said and {len(received)} are in the journal"
        for what, types in (("answers", ("message.sent",)), ("ends", ENDS)):
            counted = Counter(event.data["turn_id"] for event in self.of_type(*types))
            for turn_id in received:
                if counted[turn_id] != 1:
                    yield f"turn {turn_id} has {counted[turn_id]} {what}"
        if len(self.of_type(*ENDS)) != self.answered:
            yield "a turn did not end well"

    def _call_faults(self) -> Iterator[str]:
        settled = Counter(event.data["call_id"] for event in self.of_type(*SETTLED))
        for event in self.of_type("tool.requested"):
            call_id, tool = event.data["call_id"], event.data["tool"]
            if settled[call_id] != 1:
                yield f"{tool} has {settled[call_id]} outcomes"
            times = self.done(call_id, tool)
            if times == 0:
                yield f"{tool} was never done"
            if times > 1 and tool not in REPEATABLE:
                yield f"{tool} was done {times} times"
            yield from self._silent_repeats(call_id, tool)

    def _silent_repeats(self, call_id: str, tool: str) -> Iterator[str]:
        """A call whose outcome is unknown rests until a person has said what is to be done."""
        silent = False
        for event in self.events:
            if event.data.get("call_id") != call_id:
                continue
            if event.type == "tool.unknown":
                silent = True
            elif event.type == "approval.decided":
                silent = False
            elif silent and event.type in ("tool.started", *SETTLED):
                yield f"{tool} went on, though nobody had said what came of it"

    def _grant_faults(self) -> Iterator[str]:
        started = self.of_type("tool.started")
        spent = Counter(e.data["approval_id"] for e in started if "approval_id" in e.data)
        for approval_id, times in spent.items():
            if times > 1:
                yield f"{approval_id} was spent {times} times"
        decided = Counter(e.data["approval_id"] for e in self.of_type("approval.decided"))
        for event in self.of_type("approval.requested"):
            approval_id = event.data["approval_id"]
            if decided[approval_id] != 1:
                yield f"{approval_id} was decided {decided[approval_id]} times"
        for event in started:
            if event.data["tool"] == "gated" and "approval_id" not in event.data:
                yield "gated was started without a grant"


def post_faults(keys: Sequence[str], kind: str, outcomes: Mapping[int, str]) -> Iterator[str]:
    """What is wrong with the posts of a session's answers, which were made under these keys;
    `outcomes` is how each delivery ended, by its seq.
    """
    posts = Counter(keys)
    if kind != "idempotent":
        yield from (f"post {key} was made {n} times" for key, n in posts.items() if n > 1)
    ended = Counter(outcomes.values())
    if kind == "plain":
        if len(posts) < ended["sent"]:
            yield f"{ended['sent']} posts count as sent and {len(posts)} were made"
        if len(posts) > ended["sent"] + ended["unknown"]:
            yield f"{len(posts)} posts were made and {len(outcomes)} were due"
    elif len(posts) != len(outcomes) or ended["sent"] != len(outcomes):
        yield f"of {len(outcomes)} answers {len(posts)} were posted, as {dict(ended)}"
