"""A world in which anything may happen to two sessions, and what must be true of it in the end."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.fixtures.rigs import ANYTHING

from liteagent.approvals import digest
from liteagent.errors import LiteAgentException
from liteagent.events import Event
from liteagent.journal import POINTS
from liteagent.models import Fault
from liteagent.testing import ScriptedModel, call, calls, says
from liteagent.testing.people import person
from liteagent.testing.runtime import AgentRig, HostDiedError
from liteagent.testing.sink import Sink

ANN, BOB, CAROL = (person(name) for name in ("ann", "bob", "carol"))
SESSIONS = ("one", "two")
TEXTS = ("wipe", "charge", "pay", "look", "all", "hello")
GATED = ("wipe", "charge", "pay")
FAULTS = (Fault.TRANSIENT, Fault.RATE_LIMITED, Fault.AUTH)
IN_A_TURN = tuple(point for point in POINTS if not point.startswith("outbound."))
ENDS = ("turn.completed", "turn.failed", "turn.cancelled")
RULES: Sequence[Mapping[str, Any] | str] = (
    "always",
    {"quorum": 2},
    {"expires": "5m", "on_expiry": "deny"},
    {"expires": "2m", "on_expiry": "escalate", "escalate_to": {"users": ["carol"]}},
)
OVERLAPS = ("enqueue", "steer", "interrupt", "reject")


def _model() -> ScriptedModel:
    model = ScriptedModel()
    for tool in ("wipe", "charge", "pay", "look"):
        model.on(tool, calls(call(tool, what=tool)))
    model.on("all", calls(*(call(tool, what="all") for tool in (*GATED, "look"))))
    model.on(re.compile("^m"), says("Once ", "upon ", "a time"))
    model.on(ANYTHING, "ok")
    return model


class World:
    """Does what it is told, step by step, as clients, approvers and disasters do."""

    def __init__(self, overlap: str, rule: Mapping[str, Any] | str) -> None:
        sink = Sink()
        tools = [
            sink.tool("wipe", effect="unsafe", approval="always"),
            sink.tool("charge", effect="idempotent", approval="always"),
            sink.tool("pay", effect="reconcilable", approval="always"),
            sink.tool("look", effect="pure"),
        ]
        self.rig = AgentRig(
            _model(),
            tools,
            sink=sink,
            passivate_after=100.0,
            overlap=overlap,
            approval=dict.fromkeys(GATED, rule),
        )
        self.accepted: dict[str, str] = {}
        """The turn in which each message is to be answered, by the message's key."""
        self.sent: list[tuple[str, str, str]] = []
        self.asked: list[str] = []
        self.logs: dict[str, list[Event]] = {session: [] for session in SESSIONS}
        self.held: list[str] = []

    async def play(self, story: Sequence[tuple[bool, Sequence[tuple[str, int]]]]) -> None:
        """Each chapter's steps happen at once; where it says so, the world comes to rest first."""
        async with self.rig as rig:
            for session in SESSIONS:
                await rig.sessions.create("agent", principal=ANN, session_id=session)
            for rests, steps in story:
                await asyncio.gather(*(self._step(name, number) for name, number in steps))
                if rests:
                    await rig.settle()
                if rig.is_dead:
                    await rig.restart()
                await self._read_on()
            await self._quiet()
            await self._read_on()
            await self._has_only_grown()
            self._must_be_true()

    async def _step(self, name: str, number: int) -> None:
        # what fails is told to whoever asked, and must leave everything as it has to be
        with suppress(LiteAgentException, HostDiedError):
            await self.rig.alive(getattr(self, f"do_{name}")(number))

    # -- what people do

    async def do_message(self, n: int) -> None:
        session, text = SESSIONS[n % 2], TEXTS[n // 2 % len(TEXTS)]
        self.sent.append((session, text, f"key{len(self.sent)}"))
        await self._send(len(self.sent) - 1, BOB if n % 3 == 0 else ANN)

    async def do_again(self, n: int) -> None:
        if self.sent:
            await self._send(n % len(self.sent), ANN)

    async def _send(self, index: int, by: Any) -> None:
        session, text, key = self.sent[index]
        receipt = await self.rig.sessions.send(session, text, principal=by, key=key)
        assert self.accepted.setdefault(key, receipt.turn_id) == receipt.turn_id

    async def do_decide(self, n: int) -> None:
        waiting = await self.rig.pending()
        self.asked += [id for id in waiting if id not in self.asked]
        if waiting:
            await self._decide(waiting[n % len(waiting)], n)

    async def do_decide_again(self, n: int) -> None:
        if self.asked:
            await self._decide(self.asked[n % len(self.asked)], n)

    async def _decide(self, approval_id: str, n: int) -> None:
        verb = ("approve", "approve", "approve", "edit", "reject", "respond")[n // 3 % 6]
        await self.rig.inbox.decide(
            approval_id,
            verb,
            principal=(BOB, CAROL, ANN)[n % 3],
            args={"what": f"edited {n % 2}"},
            content="said so",
        )

    async def do_cancel(self, n: int) -> None:
        turns = sorted(set(self.accepted.values()))
        turn_id = turns[n % len(turns)] if turns and n % 3 == 0 else None
        await self.rig.sessions.cancel(SESSIONS[n % 2], principal=ANN, turn_id=turn_id)

    # -- what happens

    async def do_time(self, n: int) -> None:
        seconds = (0.5, 1.0, 5.0, 61.0, 130.0, 301.0)[n % 6]
        await self.rig.clock.advance(min(seconds, 5.0) if self.rig.wire.away else seconds)

    async def do_crash(self, n: int) -> None:
        self.rig.die()

    async def do_crash_at(self, n: int) -> None:
        self.rig.crash_at(IN_A_TURN[n % len(IN_A_TURN)], 1 + n // len(IN_A_TURN) % 3)

    async def do_outage(self, n: int) -> None:
        self.rig.wire.away = not self.rig.wire.away

    async def do_hold(self, n: int) -> None:
        tool = (*GATED, "look")[n % 4]
        if tool in self.held:
            self.held.remove(tool)
            self.rig.sink.release(tool)
        else:
            self.held.append(tool)
            self.rig.sink.hold(tool)

    async def do_fault(self, n: int) -> None:
        self.rig.model.fail(FAULTS[n % 3], retry_after=7.0 if n % 2 else None)

    async def do_stop(self, n: int) -> None:
        await self.rig.stop()
        await self.rig.restart(settle=False)

    # -- what must be true

    async def _read_on(self) -> None:
        for session, log in self.logs.items():
            log += await self.rig.journal.read(f"session/{session}", after=len(log))

    async def _has_only_grown(self) -> None:
        """What was read as it came is what is there in the end, without gaps."""
        for session, log in self.logs.items():
            assert log == list(await self.rig.log(session))
            assert [event.seq for event in log] == list(range(1, len(log) + 1))

    async def _quiet(self) -> None:
        """All faults end, every question is answered, and time passes."""
        rig = self.rig
        rig.crash_nowhere()
        if rig.is_dead:
            await rig.restart()
        rig.wire.away = False
        for tool in self.held:
            rig.sink.release(tool)
        await rig.advance(1)
        for _ in range(100):
            for approval_id in await rig.pending():
                for by in (BOB, CAROL):
                    with suppress(LiteAgentException):
                        await rig.decide(approval_id, "respond", by=by, content="enough")
            if [await rig.status(session) for session in SESSIONS] == ["idle", "idle"]:
                return
            await rig.advance(31)
        raise AssertionError("a session is stuck")

    def _must_be_true(self) -> None:
        log = [event for events in self.logs.values() for event in events]
        self._no_message_is_lost(log)
        self._nothing_is_said_or_decided_twice(log)
        for events in self.logs.values():
            self._one_model_call_at_a_time(events)
        self._no_effect_without_a_grant_of_its_own()

    def _no_message_is_lost(self, log: Sequence[Event]) -> None:
        ended = Counter(event.data["turn_id"] for event in log if event.type in ENDS)
        assert set(ended.values()) <= {1}
        assert set(self.accepted.values()) <= ended.keys(), "an accepted message was never answered"
        received = Counter(e.data["turn_id"] for e in log if e.type == "message.received")
        assert received.keys() == ended.keys()

    def _nothing_is_said_or_decided_twice(self, log: Sequence[Event]) -> None:
        replies = Counter(event.data["turn_id"] for event in log if event.type == "message.sent")
        completed = Counter(e.data["turn_id"] for e in log if e.type == "turn.completed")
        assert replies == completed
        final = [
            event.data["approval_id"]
            for event in log
            if event.type == "approval.decided" and event.data["final"]
        ]
        assert len(final) == len(set(final))
        settled = [e.data["call_id"] for e in log if e.type in ("tool.succeeded", "tool.failed")]
        assert max(Counter(settled).values(), default=0) <= len(SESSIONS)

    def _one_model_call_at_a_time(self, log: Sequence[Event]) -> None:
        speaking = 0
        for event in log:
            speaking += event.type == "model.requested"
            speaking -= event.type in ("model.responded", "model.failed")
            assert 0 <= speaking <= 1

    def _no_effect_without_a_grant_of_its_own(self) -> None:
        """What was really done, against what people consented to; both for the same arguments."""
        for session, log in self.logs.items():
            grants = Counter(
                (event.data["call_id"], event.data["digest"])
                for event in log
                if event.type == "approval.decided"
                and event.data["final"]
                and event.data["decision"] in ("approve", "edit")
            )
            done = [one for one in self.rig.sink.done if one.session_id == session]
            effects = Counter(
                (one.call_id, digest(one.args)) for one in done if one.tool in ("wipe", "pay")
            )
            effects.update({(o.call_id, digest(o.args)) for o in done if o.tool == "charge"})
            assert effects <= grants, "an effect without a live grant, or two for one"
            used = [
                e.data["approval_id"]
                for e in log
                if e.data.get("approval_id") and e.type == "tool.started"
            ]
            assert len(used) == len(set(used))
