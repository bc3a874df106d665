"""An entity has one writer, however many believe to be it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress

import psutil
import pytest

from liteagent.errors import FencedError, RuntimeClosedError
from liteagent.events import Event, Head
from liteagent.journal import HeadRow
from liteagent.kernel import OwnedElsewhereError, ProcessOwnership
from tests.fixtures.counters import Machine, machine


async def test_a_host_that_was_overtaken_reads_on_and_writes_behind_the_other() -> None:
    async with machine() as one, machine(journal=one.journal, owner="host-2") as two:
        await one.ask("add", n=1)
        await two.ask("add", n=2)
        await one.ask("add", n=3)
        await two.ask("add", n=4)
        events = await one.events()
        assert [event.data["n"] for event in events] == [1, 2, 3, 4]
        assert [event.seq for event in events] == [1, 2, 3, 4]
        epochs = [event.epoch for event in events]
        assert epochs == sorted(set(epochs))


async def test_the_outcome_of_a_host_that_was_overtaken_is_not_written() -> None:
    gate = asyncio.Event()
    ended: list[str] = []

    async def work() -> str:
        await gate.wait()
        ended.append("work")
        return "ok"

    async with (
        machine({"job": work}) as one,
        machine({"job": work}, journal=one.journal, owner="host-2") as two,
    ):
        await one.ask("add", n=1)
        await one.ask("start", name="job")
        await two.ask("add", n=2)
        assert [e.data["result"] for e in await one.events() if e.type == "job.done"] == ["lost"]
        gate.set()
        await one.settle()
        assert (await one.types()).count("job.done") == 1
        assert one.runtime.host.active == 0


async def test_what_a_loser_still_runs_is_stopped_when_it_learns_of_it() -> None:
    gates = {"quick": asyncio.Event(), "slow": asyncio.Event()}
    ended: list[str] = []

    def work(name: str):
        async def run() -> str:
            await gates[name].wait()
            ended.append(name)
            return name

        return run

    async with (
        machine({name: work(name) for name in gates}) as one,
        machine(journal=one.journal, owner="host-2") as two,
    ):
        await one.ask("add", n=1)
        await one.ask("start", name="quick")
        await one.ask("start", name="slow")
        await two.ask("add", n=2)
        gates["quick"].set()
        await one.settle()
        gates["slow"].set()
        await one.settle()
        assert ended == ["quick"]
        assert (await one.types()).count("job.done") == 2


async def test_the_watchers_of_a_loser_go_on_with_the_winner() -> None:
    async with machine() as one, machine(journal=one.journal, owner="host-2") as two:
        await one.ask("add", n=1)
        frames, seen = one.runtime.stream("counter/a"), list[int]()

        async def watch() -> None:
            async for frame in frames:
                assert isinstance(frame, Event)
                seen.append(frame.data["n"])

        watching = asyncio.ensure_future(watch())
        await one.settle()
        await two.ask("add", n=2)
        await one.ask("add", n=3)
        await one.settle()
        assert seen == [1, 2, 3]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await frames.aclose()


async def test_two_hosts_that_both_write_lose_nothing_and_write_nothing_twice() -> None:
    async with machine() as one, machine(journal=one.journal, owner="host-2") as two:
        chance = random.Random(0)

        async def add(host: Machine, numbers: Iterable[int]) -> None:
            for n in numbers:
                while True:
                    for _ in range(chance.randrange(20)):
                        await asyncio.sleep(0)
                    with suppress(FencedError, RuntimeClosedError):
                        await host.ask("add", n=n, key=f"k{n}")
                        break

        await asyncio.gather(add(one, range(0, 40, 2)), add(two, range(1, 40, 2)))
        events = await one.events()
        assert sorted(event.data["n"] for event in events) == list(range(40))
        assert [event.seq for event in events] == list(range(1, 41))


class _Reluctant:
    """Takes nothing over that somebody works on."""

    name = "host-2"

    def may_take(self, row: HeadRow) -> bool:
        return row.head.status != "running"


async def test_what_a_live_process_works_on_is_left_to_it() -> None:
    gate = asyncio.Event()

    async def work() -> str:
        await gate.wait()
        return "ok"

    async with machine({"job": work}) as one:
        await one.ask("add", n=1)
        await one.ask("start", name="job")
        async with machine(journal=one.journal, ownership=_Reluctant()) as two:
            with pytest.raises(OwnedElsewhereError, match="is being worked on by host-1"):
                await two.ask("add", n=2)
            gate.set()
            await one.settle()
            assert await two.ask("add", n=2) == {"seq": 4}


def test_of_processes_on_this_machine_only_the_dead_are_displaced() -> None:
    mine = ProcessOwnership()
    host, pid, started = mine.name.rsplit("/", 2)

    def may_take(owner: str, status: str = "running") -> bool:
        row = HeadRow(
            entity="counter/a",
            seq=1,
            epoch=1,
            owner=owner,
            created_at=0.0,
            updated_at=0.0,
            head=Head(status=status),
        )
        return ProcessOwnership().may_take(row)

    assert may_take(mine.name)
    assert may_take("")
    assert not may_take(f"{host}/1/{_started(1)}")
    assert may_take(f"{host}/1/{_started(1)}", status="idle")
    assert may_take(f"{host}/{pid}/{int(started) - 1}")
    assert may_take(f"{host}/999999999/1")
    assert not may_take("another-machine/1/1")


def _started(pid: int) -> str:
    return str(int(psutil.Process(pid).create_time() * 100))
