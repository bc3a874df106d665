from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest

from liteagent.agents.env import Agents
from liteagent.agents.spec import AgentSpec, Placement
from liteagent.cluster.ownership import owner_name
from liteagent.cluster.placement import Placer
from liteagent.cluster.supervision import ANSWER_SECONDS, IDLE_SECONDS, Supervision
from liteagent.events import Draft, Head
from liteagent.journal import Append, Journal, MemoryJournal
from liteagent.testing import FakeClock
from tests.cluster.pretended import PretendedHosts


def agent(name: str, **placement: Any) -> AgentSpec:
    return AgentSpec(name=name, model=("demo/demo",), placement=Placement(**placement))


class Changing(Agents):
    """Agents that a test replaces."""

    def become(self, *specs: AgentSpec) -> None:
        super().__init__(specs)


class Watch:
    """A supervision over pretended hosts."""

    def __init__(self) -> None:
        self.clock, self.hosts, self.agents = FakeClock(), PretendedHosts(), Changing([])
        self.journal: Journal = MemoryJournal()
        placer = Placer(self.agents, 1)
        self.supervision = Supervision(self.journal, cast(Any, self.hosts), placer, self.clock)

    async def step(self) -> None:
        """One look, and whatever its watchers do about it."""
        await self.supervision.step()
        await self.clock.advance(0)

    async def leave(self, entity: str, owner: str, **head: Any) -> None:
        """Journal an entity that this owner had."""
        row = await self.journal.claim(entity, owner, self.clock.now())
        await self.journal.append(
            Append(
                entity=entity,
                epoch=row.epoch,
                expected_seq=row.seq,
                ts=self.clock.now(),
                drafts=[Draft("something.happened", {})],
                head=Head(**head),
            )
        )


@pytest.fixture
async def watch() -> AsyncGenerator[Watch]:
    watch = Watch()
    yield watch
    await watch.supervision.stop()


async def test_it_starts_the_hosts_that_the_agents_ask_for(watch: Watch) -> None:
    watch.agents.become(agent("ops"), agent("painter", num_gpus=1, hosts=2))

    await watch.step()

    assert watch.hosts.names() == ["agent/painter/0", "agent/painter/1", "shared/0"]
    assert [report.wanted for report in watch.supervision.reports()] == [True, True, True]


async def test_a_host_that_nobody_asks_for_any_more_is_drained_and_ended(watch: Watch) -> None:
    watch.agents.become(agent("painter", num_gpus=1))
    await watch.step()
    watch.agents.become()

    await watch.step()
    assert ("drain", "agent/painter/0") not in watch.hosts.told
    await watch.step()

    assert watch.hosts.told[-2:] == [("drain", "agent/painter/0"), ("kill", "agent/painter/0")]
    assert watch.hosts.names() == ["shared/0"]


async def test_a_host_that_somebody_started_for_an_agent_not_yet_read_here_is_left_alone(
    watch: Watch,
) -> None:
    await watch.step()
    watch.hosts.begin("agent/new/0")

    await watch.step()
    watch.agents.become(agent("new", num_cpus=1))
    await watch.step()

    assert watch.hosts.names() == ["agent/new/0", "shared/0"]


async def test_a_host_of_one_entitys_own_is_ended_when_it_has_been_idle_for_long(
    watch: Watch,
) -> None:
    watch.agents.become(agent("coder", isolation="dedicated"))
    busy, idle = watch.hosts.begin("own/coder/a"), watch.hosts.begin("own/coder/b")
    busy.active, busy.idle = 1, IDLE_SECONDS * 2

    await watch.step()
    idle.idle = IDLE_SECONDS * 2
    await watch.step()
    await watch.step()

    assert watch.hosts.names() == ["own/coder/a", "shared/0"]


async def test_a_host_that_does_not_answer_is_started_again(watch: Watch) -> None:
    await watch.step()
    watch.hosts.there["shared/0"].hangs = True

    looking = asyncio.ensure_future(watch.supervision.step())
    await watch.clock.sleepers()
    await watch.clock.advance(ANSWER_SECONDS)
    await looking

    assert watch.hosts.told[-1] == ("restart", "shared/0")
    assert watch.hosts.there["shared/0"].identity.restarted


async def test_what_is_overdue_is_woken_where_it_belongs(watch: Watch) -> None:
    await watch.leave("session/late", "somebody", wake_at=watch.clock.now() - 10)
    await watch.leave("session/later", "somebody", wake_at=watch.clock.now() + 10)

    await watch.step()

    (woken,) = watch.hosts.woken
    assert woken[:2] == ("shared/0", ["session/late"])


async def test_what_a_dead_host_left_under_way_is_taken_up_as_soon_as_it_dies(
    watch: Watch,
) -> None:
    await watch.step()
    owner = watch.hosts.there["shared/0"].identity.owner
    await watch.leave("session/1", owner, status="running")
    await watch.leave("session/2", owner, status="idle")

    watch.hosts.die("shared/0")
    await watch.clock.advance(0)

    assert watch.hosts.woken == [("shared/0", ["session/1"], [owner])]
    assert [report.restarts for report in watch.supervision.reports()] == [1]


async def test_nothing_is_taken_from_a_host_that_lives(watch: Watch) -> None:
    await watch.step()
    owner = watch.hosts.there["shared/0"].identity.owner
    await watch.leave("session/1", owner, status="running")

    await watch.clock.advance(100)
    await watch.step()

    assert watch.hosts.woken == []


async def test_what_a_host_left_that_is_there_no_more_is_taken_up_in_time(watch: Watch) -> None:
    await watch.step()
    gone = owner_name("c", "agent/removed/0", "i1")
    await watch.leave("session/1", gone, status="running")

    await watch.clock.advance(100)
    await watch.step()

    assert watch.hosts.woken == [("shared/0", ["session/1"], [gone])]


async def test_what_a_process_outside_of_the_cluster_works_on_is_left_to_it(watch: Watch) -> None:
    await watch.step()
    await watch.leave("session/1", "machine/4711/99", status="running")

    await watch.clock.advance(100)
    await watch.step()

    assert watch.hosts.woken == []
