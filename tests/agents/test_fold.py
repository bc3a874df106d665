"""The state is the fold of the log: always the same, whoever folds it and in whatever pieces."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from liteagent.agents.env import Environment
from liteagent.agents.fold import fold
from liteagent.agents.next_action import next_action
from liteagent.agents.plan import plan
from liteagent.agents.spec import Limits
from liteagent.agents.state import SessionState
from liteagent.errors import InvalidStateError
from liteagent.events import Event
from liteagent.ids import split_entity
from liteagent.kernel.snapshots import EVENTS
from liteagent.testing import CountingIds
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rich import rich_session
from tests.fixtures.rigs import gated


def folded(events: Any, state: SessionState | None = None) -> SessionState:
    state = state or SessionState()
    for event in events:
        state = fold(state, event)
    return state


def env_of(rig: AgentRig) -> Environment:
    """The rig's environment with ids that begin anew."""
    env = rig.kind.env
    return Environment(
        agents=env.agents,
        tools=env.tools,
        models=env.models,
        health=env.health,
        ids=CountingIds(),
        lifecycle=env.lifecycle,
    )


async def test_a_log_folds_to_the_same_state_whatever_the_pieces_it_is_read_in() -> None:
    async with rich_session() as (rig, session):
        log = list(await rig.log(session))
        whole = folded(log)
        for size in (1, 2, 3, 7, 50):
            state = SessionState()
            for start in range(0, len(log), size):
                state = folded(log[start : start + size], state)
            assert state == whole


async def test_a_snapshot_and_the_rest_fold_to_the_same_as_everything() -> None:
    async with rich_session() as (rig, session):
        log, kind = list(await rig.log(session)), rig.kind
        whole = folded(log)
        for at in range(len(log) + 1):
            stored = msgspec.json.decode(msgspec.json.encode(kind.dump(folded(_plain(log[:at])))))
            assert folded(_plain(log[at:]), kind.load(stored)) == folded(_plain(log))
        assert whole.transcript


def _plain(log: list[Event]) -> list[Event]:
    """Without the half surrogate, which UTF-8 could not hold on its way through this test."""
    return [Event.from_json(_without_surrogates(event.to_json())) for event in log]


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\ud800", "?")
    if isinstance(value, dict):
        return {key: _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value


async def test_what_the_host_holds_is_the_fold_of_what_is_stored() -> None:
    async with rich_session() as (rig, session):
        before = rig.kind.head(folded(await rig.log(session)))
        row = await rig.journal.head(f"session/{session}")
        assert row is not None
        assert row.head == before
        await rig.restart()
        again = await rig.journal.head(f"session/{session}")
        assert again is not None
        assert again.head == before


async def test_folding_and_planning_change_nothing_that_they_are_given() -> None:
    async with rich_session() as (rig, session):
        state, env, now = SessionState(), env_of(rig), rig.clock.now()
        for event in await rig.log(session):
            kept_event, kept_state = copy.deepcopy(event), copy.deepcopy(state)
            new = fold(state, event)
            if state.agent:
                next_action(state, now, Limits())
                plan(state, now, env)
            assert (event, state) == (kept_event, kept_state)
            state = new


async def test_the_same_state_has_the_same_plan() -> None:
    async with rich_session() as (rig, session):
        state, now = SessionState(), rig.clock.now()
        for event in await rig.log(session):
            state = fold(state, event)
            first, second = plan(state, now, env_of(rig)), plan(state, now, env_of(rig))
            assert first == second


async def test_events_that_are_not_known_change_nothing() -> None:
    async with rich_session() as (rig, session):
        log = list(await rig.log(session))
        state = folded(log)
        for type in ("session.renamed", "model.requested.v9", "", "timer.set"):
            strange = Event(seq=len(log) + 1, type=type, ts=0.0, data={"turn_id": "x"}, epoch=9)
            assert fold(state, strange) is state


async def test_events_may_carry_what_is_not_known() -> None:
    async with rich_session() as (rig, session):
        log = list(await rig.log(session))
        more = [
            Event.from_json({**event.to_json(), "data": {**event.data, "of_the_future": {"a": 1}}})
            for event in log
        ]
        assert folded(more) == folded(log)


async def test_an_intent_without_a_live_grant_cannot_be_folded() -> None:
    async with gated() as rig:
        session = await rig.session()
        await rig.say(session, "go")
        await rig.decide("apr_1")
        log = list(await rig.log(session))
        started = next(event for event in log if event.type == "tool.started")
        before = folded(event for event in log if event.seq < started.seq)
        after = fold(before, started)
        with pytest.raises(InvalidStateError, match="no live grant"):
            fold(after, started)
        undecided = folded(event for event in log if event.seq < started.seq - 1)
        with pytest.raises(InvalidStateError, match="no live grant"):
            fold(undecided, started)
        changed = Event.from_json({**started.to_json(), "data": {**started.data, "digest": "0"}})
        with pytest.raises(InvalidStateError, match="other arguments"):
            fold(before, changed)


async def test_the_log_only_ever_grows() -> None:
    seen: list[Event] = []
    async with rich_session() as (rig, session):
        log = list(await rig.log(session))
        for write in rig.wire.written:
            if split_entity(write.entity)[1] == session:
                seen.extend(log[write.expected_seq : write.expected_seq + len(write.drafts)])
        assert seen == log[len(log) - len(seen) :]
        assert [event.seq for event in log] == list(range(1, len(log) + 1))


async def test_every_outcome_follows_its_intent_and_every_turn_ends_once() -> None:
    async with rich_session() as (rig, session):
        await rig.cancel(session)
        log = list(await rig.log(session))
        types = [event.type for event in log]
        started = [e.data["turn_id"] for e in log if e.type == "turn.started"]
        ended = [
            e.data["turn_id"]
            for e in log
            if e.type in ("turn.completed", "turn.failed", "turn.cancelled")
        ]
        assert sorted(started) == sorted(ended)
        assert types.count("model.requested") == types.count("model.responded") + types.count(
            "model.failed"
        )
        requested = [e.data["call_id"] for e in log if e.type == "tool.requested"]
        settled = [e.data["call_id"] for e in log if e.type in ("tool.succeeded", "tool.failed")]
        assert sorted(requested) == sorted(settled)
        assert len(set(requested)) == len(requested)


async def test_a_long_session_costs_as_much_a_turn_as_a_short_one() -> None:
    async with gated() as rig:
        session = await rig.session()
        sizes: list[int] = []
        for _ in range(2 * EVENTS // 6):
            before = (await rig.journal.sizes())["events"]
            await rig.say(session, "hello")
            sizes.append((await rig.journal.sizes())["events"] - before)
        assert max(sizes) - min(sizes) <= 40
