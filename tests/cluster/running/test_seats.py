"""Where sessions live, and what happens when they are looked for somewhere else."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from liteagent.agents.env import Agents
from liteagent.agents.sessions import Sessions
from liteagent.agents.spec import AgentSpec, Placement
from liteagent.cluster import Cluster, RayRuntime
from liteagent.cluster.ownership import host_of
from liteagent.cluster.placement import Placer, Pool
from liteagent.events import Delta
from liteagent.ids import entity_id
from liteagent.kernel import OwnedElsewhereError
from liteagent.principal import LOCAL
from tests.cluster.home import write_agent
from tests.cluster.waiting import until

ELSEWHERE = "agent/held/0"


@dataclass(frozen=True)
class Stray:
    """A process that believes that the agent's sessions belong on a host of their own."""

    sessions: Sessions


@pytest_asyncio.fixture(loop_scope="package")
async def stray(cluster: Cluster) -> Stray:
    spec = AgentSpec(name="held", model=("held/held",), placement=Placement(num_cpus=0.001))
    agents = Agents([spec])
    cluster.hosts.ensure(ELSEWHERE, Pool(name="agent/held", hosts=1))
    await cluster.hosts.until_up(ELSEWHERE)
    runtime = RayRuntime(cluster.runtime.journal, cluster.hosts, Placer(agents, 1))
    return Stray(Sessions(runtime, agents))


async def begin(sessions: Sessions, session: str, pipe: Path) -> None:
    """Bring a session into a turn that does not end by itself."""
    os.mkfifo(pipe)
    turn = sessions.converse(session, f"hold {pipe}", principal=LOCAL)
    async with aclosing(turn) as frames:
        async for frame in frames:
            if isinstance(frame, Delta):
                return


async def seat(cluster: Cluster, session: str) -> str | None:
    row = await cluster.runtime.journal.head(entity_id("session", session))
    assert row is not None
    return host_of(row.owner)


async def test_a_call_at_the_wrong_host_is_sent_on_to_the_one_that_works_on_the_session(
    cluster: Cluster, sessions: Sessions, stray: Stray, tmp_path: Path
) -> None:
    session = await sessions.create("held", principal=LOCAL)
    await begin(sessions, session, tmp_path / "pipe")

    with pytest.raises(OwnedElsewhereError, match="is being worked on by"):
        await cluster.hosts.ask(ELSEWHERE, entity_id("session", session), {"type": "cancel"})
    cancelled = await stray.sessions.cancel(session, principal=LOCAL)

    assert len(cancelled) == 1
    assert await seat(cluster, session) == "shared/0"


async def test_a_session_that_rests_moves_to_where_it_is_asked_for(
    cluster: Cluster, sessions: Sessions, stray: Stray
) -> None:
    session = await sessions.create("held", principal=LOCAL)
    turn = stray.sessions.converse(session, "Hello", principal=LOCAL)
    frames = [frame async for frame in turn]

    assert await seat(cluster, session) == ELSEWHERE
    assert frames[-1].epoch == 2  # pyright: ignore


async def test_what_a_host_left_that_is_gone_for_good_is_taken_over(
    cluster: Cluster, sessions: Sessions, stray: Stray, tmp_path: Path
) -> None:
    session = await stray.sessions.create("held", principal=LOCAL)
    await begin(stray.sessions, session, tmp_path / "pipe")
    assert await seat(cluster, session) == ELSEWHERE

    cluster.hosts.kill(ELSEWHERE)
    cancelled = await sessions.cancel(session, principal=LOCAL)

    assert len(cancelled) == 1
    assert await seat(cluster, session) == "shared/0"


async def test_each_session_of_a_dedicated_agent_has_a_process_of_its_own(
    cluster: Cluster, sessions: Sessions, home: Path
) -> None:
    write_agent(home, "solo", "model: held/held\nplacement: {isolation: dedicated}")

    async def is_known() -> bool:
        return any(spec.name == "solo" for spec in cluster.node.agents.all())

    await until(is_known)
    for number in range(2):
        turn = sessions.converse(f"s{number}", "Hello", principal=LOCAL, create_with="solo")
        assert [frame async for frame in turn][-1].type == "turn.completed"  # pyright: ignore

    own = {await seat(cluster, f"s{number}") for number in range(2)}
    identities = {host.identity.host: host.identity for host in (await cluster.status()).hosts}
    assert len(own) == 2
    assert len({identities[str(name)].pid for name in own}) == 2
    assert all(str(name).startswith("own/solo/") for name in own)
