"""Whatever dies at whichever write, each message reaches its session once."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.journal import Moment
from liteagent.testing import Answer
from liteagent.testing.runtime import AgentRig
from tests.chat.intake.desk import Desk, Mortal
from tests.fixtures.rigs import script


def mortal() -> tuple[Desk, Mortal]:
    journal = Mortal()
    return Desk(AgentRig(script(), journal=journal)), journal


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, 14))
async def test_a_death_at_any_write_loses_nothing_and_repeats_nothing(
    write: int, *, after: bool
) -> None:
    desk, journal = mortal()
    async with desk:
        journal.die_at(write, desk.rig.die, after=after)
        for text in ("one", "two", "three"):
            await desk.deliver(desk.chat.says(text, mentions_us=True))
        if desk.rig.is_dead:
            await desk.restart()
        await desk.rig.advance(60)
        assert await desk.heard() == ["one", "two", "three"]
        assert desk.chat.texts == ["ok", "ok", "ok"]
        assert await desk.inbox.page("", 0.0) == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, 9))
async def test_a_death_amid_a_switch_of_agents_switches_once(write: int, *, after: bool) -> None:
    desk, journal = mortal()
    async with desk:
        desk.rig.agents.put(desk.rig.agents.get("agent").model_copy(update={"name": "ops"}))
        await desk.says("hello", mentions_us=True)
        journal.die_at(write, desk.rig.die, after=after)
        await desk.deliver(desk.chat.says("!agent ops"))
        await desk.deliver(desk.chat.says("are you there?"))
        if desk.rig.is_dead:
            await desk.restart()
        await desk.rig.advance(60)
        assert await desk.heard("T1:C1:1~2") == ["are you there?"]
        assert await desk.heard("T1:C1:1~3") == []
        assert desk.chat.texts.count("`ops` answers here.") == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, 6))
async def test_a_death_amid_a_stop_stops_one_turn(write: int, *, after: bool) -> None:
    gate, journal = asyncio.Event(), Mortal()
    answers = {text: Answer(pieces=("done",), gate=gate) for text in ("one", "two")}
    async with Desk(AgentRig(script(answers), journal=journal)) as desk:
        await desk.says("one", mentions_us=True)
        await desk.says("two")
        journal.die_at(write, desk.rig.die, after=after)
        await desk.deliver(desk.chat.says("!stop"))
        if desk.rig.is_dead:
            await desk.restart()
        await desk.rig.advance(30)
        gate.set()
        await desk.rig.advance(30)
        assert len(await desk.rig.of_type("T1:C1:1", "turn.cancelled")) == 1
        assert desk.chat.texts[-1] == "done"


async def test_a_death_while_the_platform_is_asked_loses_nothing() -> None:
    desk, _ = mortal()
    async with desk:
        desk.chat.faults.crash("open", desk.rig.die, arrives=True)
        await desk.deliver(desk.chat.says("hello", mentions_us=True))
        await desk.rig.advance(5)
        assert await desk.heard() == ["hello"]


async def test_what_is_being_handled_ends_before_the_service_closes() -> None:
    desk, _ = mortal()
    async with desk:
        desk.chat.faults.hold("person")
        await desk.says("hello", mentions_us=True)
        closing = asyncio.ensure_future(desk.service.close())
        await desk.rig.settle()
        desk.chat.faults.release("person")
        await closing
        assert await desk.heard() == ["hello"]


async def test_the_points_of_an_item_are_reached_in_order() -> None:
    desk, _ = mortal()
    async with desk:
        await desk.says("hello", mentions_us=True)
        reached = [point for point in desk.points.reached if point.startswith("inbound.")]
        assert reached == [f"inbound.{moment.value}" for moment in Moment]
