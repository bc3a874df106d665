"""Entities are woken when they asked to be, leave memory when idle, and are taken up again."""

from __future__ import annotations

import logging

import pytest

from liteagent.errors import FencedError
from liteagent.events import Draft, Head
from liteagent.journal import Append
from liteagent.kernel.snapshots import EVENTS
from tests.fixtures.counters import machine
from tests.fixtures.rigs import gated


async def test_an_alarm_rings_at_its_time_and_once() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 60)
        await host.clock.advance(59)
        assert "timer.fired" not in await host.types()
        await host.clock.advance(1)
        await host.settle()
        await host.clock.advance(600)
        assert (await host.types()).count("timer.fired") == 1


async def test_an_alarm_that_is_set_anew_rings_at_the_new_time_alone() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        start = host.clock.now()
        await host.ask("remind", at=start + 10)
        await host.ask("remind", at=start + 100)
        await host.clock.advance(99)
        assert "timer.fired" not in await host.types()
        await host.ask("remind", at=start + 99.5)
        await host.clock.advance(0.5)
        await host.settle()
        assert (await host.types()).count("timer.fired") == 1


async def test_the_alarms_of_many_ring_in_the_order_of_their_times() -> None:
    fired: list[str] = []

    def note(entity: str, event) -> None:
        if event.type == "timer.fired":
            fired.append(entity)

    async with machine(observers=[note]) as host:
        start = host.clock.now()
        for n in (3, 1, 2, 5, 4):
            await host.ask("add", f"counter/{n}", n=n)
            await host.ask("remind", f"counter/{n}", at=start + n)
        await host.clock.advance(10)
        await host.settle()
        assert fired == [f"counter/{n}" for n in (1, 2, 3, 4, 5)]


async def test_an_alarm_survives_the_process_and_rings_late_rather_than_never() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 60)
    await host.clock.advance(3_600)
    async with machine(journal=host.journal, clock=host.clock) as later:
        await later.settle()
        assert (await later.types())[-1] == "timer.fired"


async def test_an_alarm_that_is_due_while_the_journal_is_away_rings_when_it_is_back() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 60)
        host.wire.away = True
        await host.clock.advance(120)
        host.wire.away = False
        await host.clock.advance(2)
        await host.settle()
        assert (await host.types()).count("timer.fired") == 1


async def test_a_time_that_has_come_with_nothing_to_do_is_not_asked_about_all_the_time() -> None:
    async with machine() as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 1, deaf=True)
        await host.clock.advance(1)
        before = host.kind.planned
        await host.settle()
        await host.settle()
        await host.clock.advance(10)
        assert 1 <= host.kind.planned - before <= 12


async def test_an_idle_entity_leaves_memory_and_comes_back_as_it_was() -> None:
    async with machine(passivate_after=300.0) as host:
        await host.ask("add", n=1)
        assert host.runtime.host.active == 1
        await host.clock.advance(400)
        assert host.runtime.host.active == 0
        assert await host.ask("add", n=2) == {"seq": 2}


async def test_a_passive_entity_still_keeps_its_time() -> None:
    async with machine(passivate_after=60.0) as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 3_600)
        await host.clock.advance(600)
        assert host.runtime.host.active == 0
        await host.clock.advance(3_000)
        await host.settle()
        assert (await host.types())[-1] == "timer.fired"


async def test_what_is_watched_or_works_stays_in_memory() -> None:
    async with gated(passivate_after=60.0, limits={"max_seconds": 10_000}) as rig:
        watched, working, idle = [await rig.session() for _ in range(3)]
        frames = rig.sessions.watch(watched)
        await anext(frames)
        rig.sink.hold("look")
        await rig.say(working, "both")
        await rig.say(idle, "hello")
        await rig.advance(200)
        assert rig.runtime.host.active == 2
        await frames.aclose()
        rig.sink.release("look")
        await rig.advance(200)
        assert rig.runtime.host.active == 0


async def test_a_snapshot_spares_folding_everything_again_and_gives_the_same() -> None:
    async with machine() as host:
        for n in range(EVENTS + 50):
            await host.ask("add", n=n)
        await host.runtime.close()
        snapshot = await host.journal.load_snapshot("counter/a")
        assert snapshot is not None
        assert snapshot.seq >= EVENTS
    async with machine(journal=host.journal) as later:
        await later.ask("add", n=0)
        assert later.kind.folded == EVENTS + 50 - snapshot.seq + 1
        assert host.kind.load(snapshot.state).total == sum(range(snapshot.seq))


async def test_a_snapshot_of_an_older_fold_is_not_used() -> None:
    async with machine() as host:
        for n in range(EVENTS + 1):
            await host.ask("add", n=n)
    async with machine(journal=host.journal) as later:
        later.kind.fold_version = 2
        await later.ask("add", n=0)
        assert later.kind.folded == EVENTS + 2


async def test_one_entity_that_cannot_be_taken_up_keeps_no_other_from_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with machine() as host:
        pass
    for entity in ("counter/1", "stranger/2", "counter/3"):
        row = await host.journal.claim(entity, "dead", 0.0)
        await host.journal.append(
            Append(
                entity=entity,
                epoch=row.epoch,
                expected_seq=0,
                ts=0.0,
                drafts=[Draft("job.started", {"name": "x"} if entity != "counter/1" else {})],
                head=Head(status="running"),
            )
        )
    with caplog.at_level(logging.WARNING):
        async with machine(journal=host.journal) as later:
            assert (await later.types("counter/3"))[-1] == "job.done"
    assert "counter/1" in caplog.text
    assert "stranger/2" in caplog.text


async def test_everything_that_was_left_under_way_is_taken_up_at_the_start() -> None:
    async def work() -> str:
        import asyncio

        await asyncio.Event().wait()
        return "never"

    async with machine({"job": work}) as host:
        for n in range(30):
            await host.ask("add", f"counter/{n}", n=n)
            await host.ask("start", f"counter/{n}", name="job")
    async with machine(journal=host.journal) as later:
        for n in range(30):
            assert (await later.types(f"counter/{n}"))[-1] == "job.done"


async def test_a_host_that_was_overtaken_lets_the_other_keep_the_time() -> None:
    async with machine() as one, machine(journal=one.journal, owner="host-2") as two:
        await one.ask("add", n=1)
        await one.ask("remind", at=one.clock.now() + 60)
        await two.ask("add", n=2)
        await one.clock.advance(60)
        await one.settle()
        assert (await one.types()).count("timer.fired") <= 1
        await two.clock.advance(60)
        await two.settle()
        assert (await one.types()).count("timer.fired") == 1
        with pytest.raises(FencedError):
            await one.journal.append(
                Append(
                    entity="counter/a",
                    epoch=1,
                    expected_seq=3,
                    ts=0.0,
                    drafts=[Draft("added", {"n": 1})],
                    head=Head(),
                )
            )
