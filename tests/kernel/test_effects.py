"""What runs outside the journal: started once, stopped when told, its outcome never lost."""

from __future__ import annotations

import asyncio
import math

import pytest

from liteagent.events import Draft, Event
from tests.fixtures.counters import machine


async def results(host, entity: str = "counter/a") -> list[str]:
    return [e.data["result"] for e in await host.events(entity) if e.type == "job.done"]


async def test_an_effect_runs_after_its_intent_is_stored_and_its_outcome_is_written() -> None:
    seen: list[list[str]] = []

    async def work() -> str:
        seen.append(await host.types())
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        assert seen == [["added", "job.started"]]
        assert await results(host) == ["ok"]


async def test_while_the_journal_is_away_an_outcome_is_kept_and_written_when_it_is_back() -> None:
    runs: list[int] = []
    gate = asyncio.Event()

    async def work() -> str:
        runs.append(1)
        await gate.wait()
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        host.wire.away = True
        gate.set()
        await host.settle()
        await host.clock.advance(60)
        assert await results(host) == []
        host.wire.away = False
        await host.clock.advance(1)
        await host.settle()
        assert (await results(host), runs) == (["ok"], [1])


async def test_a_runtime_stops_though_the_journal_is_away_and_an_outcome_is_kept() -> None:
    async def work() -> str:
        host.wire.away = True
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        await asyncio.wait_for(host.runtime.close(), 60)
    assert await results(host) == []


async def test_an_effect_that_breaks_is_told_as_a_failure() -> None:
    async def work() -> str:
        raise KeyError("x")

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        assert await results(host) == ["failed: KeyError"]


@pytest.mark.parametrize("unfit", [math.nan, {1, 2}, object()])
async def test_an_outcome_that_cannot_be_written_is_told_as_a_failure_and_not_tried_again(
    unfit: object,
) -> None:
    runs: list[int] = []

    async def work() -> object:
        runs.append(1)
        return unfit

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        assert await results(host) == ["failed: ValidationError"]
        await host.ask("add", n=2)
        await host.settle()
        assert runs == [1]


async def test_where_not_even_the_failure_can_be_written_the_entity_is_recovered_anew() -> None:
    runs: list[int] = []

    async def work() -> float:
        runs.append(1)
        return math.nan

    async with machine({"job": work}) as host:
        host.kind.failed = lambda effect, error: (_bad(effect.name),)  # type: ignore[method-assign]
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        assert host.runtime.host.active == 0
        await host.ask("add", n=2)
        assert (await results(host), runs) == (["lost"], [1])


def _bad(name: str):
    return Draft("job.done", {"name": name, "result": math.nan})


async def test_a_plan_that_breaks_on_an_outcome_runs_nothing_a_second_time() -> None:
    runs: list[int] = []

    async def work() -> str:
        runs.append(1)
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        plan = host.kind.plan

        def broken(state, now):
            if state.jobs and "running" not in state.jobs.values():
                raise KeyError("a defect")
            return plan(state, now)

        host.kind.plan = broken  # type: ignore[method-assign]
        await host.ask("start", name="job")
        await host.settle()
        host.kind.plan = plan  # type: ignore[method-assign]
        await host.ask("add", n=2)
        await host.settle()
        assert (runs, await results(host)) == ([1], ["lost"])


async def test_an_effect_that_a_stranger_cancels_is_recovered_and_not_begun_again() -> None:
    runs: list[int] = []

    async def work() -> str:
        runs.append(1)
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)
        return "never"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("remind", at=host.clock.now() + 3_600)
        await host.ask("start", name="job")
        await host.settle()
        assert await results(host) == []
        await host.clock.advance(1)
        await host.settle()
        assert (await results(host), runs) == (["lost"], [1])


async def test_an_effect_cancelled_while_its_outcome_is_written_is_not_begun_again() -> None:
    runs: list[int] = []
    tasks: list[asyncio.Task[object] | None] = []

    async def work() -> str:
        runs.append(1)
        tasks.append(asyncio.current_task())
        host.wire.stall()
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        (task,) = tasks
        assert task is not None
        task.cancel()
        await host.settle()
        host.wire.flow()
        await host.ask("add", n=2)
        await host.clock.advance(2)
        await host.settle()
        assert (await results(host), runs) == (["lost"], [1])


async def test_an_effect_that_is_told_to_stop_is_cancelled_and_that_is_its_outcome() -> None:
    async def work() -> str:
        await asyncio.Event().wait()
        return "never"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        await host.ask("stop", name="job")
        await host.settle()
        assert await results(host) == ["stopped"]


async def test_an_effect_that_is_stopped_before_it_began_is_stopped_all_the_same() -> None:
    async def work() -> str:
        await asyncio.Event().wait()
        return "never"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await asyncio.gather(host.ask("start", name="job"), host.ask("stop", name="job"))
        await host.settle()
        assert await results(host) == ["stopped"]


async def test_an_effect_that_ended_before_it_was_stopped_keeps_its_outcome() -> None:
    gate = asyncio.Event()

    async def work() -> str:
        await gate.wait()
        return "ok"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        host.wire.stall()
        adding = asyncio.ensure_future(host.ask("add", n=2))
        await host.settle()
        gate.set()
        await host.settle()
        stopping = asyncio.ensure_future(host.ask("stop", name="job"))
        await host.settle()
        host.wire.flow()
        await asyncio.gather(adding, stopping)
        await host.settle()
        assert await results(host) == ["ok"]


async def test_an_observer_that_breaks_stops_neither_the_entity_nor_the_other_observers() -> None:
    seen: list[str] = []

    def broken(entity: str, event: Event) -> None:
        raise RuntimeError("an observer's defect")

    def watching(entity: str, event: Event) -> None:
        seen.append(event.type)

    async def work() -> str:
        return "ok"

    async with machine({"job": work}, observers=[broken, watching]) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        assert await results(host) == ["ok"]
        assert seen == ["added", "job.started", "job.done"]


async def test_a_drained_runtime_writes_what_ended_and_begins_nothing_new() -> None:
    gate = asyncio.Event()

    async def work() -> str:
        await gate.wait()
        return "ok"

    async with machine({"job": work}, drain_seconds=60) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
        closing = asyncio.ensure_future(host.runtime.close())
        await host.settle()
        gate.set()
        await closing
        assert await results(host) == ["ok"]


async def test_what_does_not_end_in_the_grace_time_is_left_to_whoever_comes_next() -> None:
    async def work() -> str:
        await asyncio.Event().wait()
        return "never"

    async with machine({"job": work}) as host:
        await host.ask("add", n=1)
        await host.ask("start", name="job")
        await host.settle()
    assert await results(host) == []
    async with machine(journal=host.journal, owner="host-2") as next_one:
        await next_one.settle()
        assert await results(next_one) == ["lost"]
