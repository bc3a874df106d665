"""Hosts that are killed: nothing is lost, nothing happens twice, and who listens hears the rest."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from liteagent.agents.assembly import assemble
from liteagent.agents.sessions import Receipt, Sessions
from liteagent.cluster import Cluster, HostStats
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.placement import Pool
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, LocalRuntime
from liteagent.principal import LOCAL
from liteagent.threads import in_thread
from tests.cluster.home import write_agent
from tests.cluster.waiting import has_no_reader, until


async def shared_host(cluster: Cluster) -> HostStats:
    hosts = (await cluster.status()).hosts
    return next(host for host in hosts if host.identity.host == "shared/0")


async def read_until(frames: AsyncIterator[Receipt | Frame], text: str) -> list[Receipt | Frame]:
    """Frames up to the one that makes the live text end with `text`."""
    read: list[Receipt | Frame] = []
    async for frame in frames:
        read.append(frame)
        if isinstance(frame, Delta) and frame.text.endswith(text):
            break
    return read


async def test_a_host_that_is_killed_in_a_turn_comes_back_and_the_stream_goes_on(
    cluster: Cluster, sessions: Sessions, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    session = await sessions.create("held", principal=LOCAL)
    stream = sessions.converse(session, f"hold {pipe}", principal=LOCAL)
    frames = await read_until(stream, "Holding.")
    before = await shared_host(cluster)

    os.kill(before.identity.pid, signal.SIGKILL)
    frames += await read_until(stream, "Holding.")
    await in_thread(lambda: pipe.write_text("go"), name="let-go")
    frames += [frame async for frame in stream]

    after = await shared_host(cluster)
    assert after.identity.restarted
    assert after.identity.owner != before.identity.owner
    events = [frame for frame in frames if isinstance(frame, Event)]
    assert [event.seq for event in events] == list(range(2, events[-1].seq + 1))
    assert [event.type for event in events].count("message.received") == 1
    assert events[-1].type == "turn.completed"
    assert next(e for e in events if e.type == "message.sent").data["text"] == "Holding. Done."


@pytest.mark.parametrize(
    ("point", "deaths"),
    [
        ("model.before-intent", "before the message is stored"),
        ("model.after-intent", "after it is stored and before anybody is told"),
        ("model.after-outcome", "after the model has answered"),
    ],
)
async def test_a_message_whose_host_dies_while_it_takes_it_is_taken_once(
    cluster: Cluster, sessions: Sessions, home: Path, point: str, deaths: str
) -> None:
    agent = point.replace(".", "-")
    config = cluster.node.config
    doomed = replace(config, environment={**config.environment, "LITEAGENT_CRASH_AT": point})
    pool = Pool(name=f"agent/{agent}", hosts=1, num_cpus=0.001)
    hosts = Hosts(doomed)
    hosts.ensure(f"{pool.name}/0", pool)
    write_agent(home, agent, "model: held/held\nplacement: {num_cpus: 0.001}")
    first = await hosts.until_up(f"{pool.name}/0")
    await until(lambda: _knows(cluster, agent))

    frames = [
        frame
        async for frame in sessions.converse(
            agent, "Good morning", principal=LOCAL, create_with=agent
        )
    ]

    second = await hosts.until_up(f"{pool.name}/0")
    assert first.owner != second.owner, deaths
    assert second.restarted
    stored = [event async for event in sessions.events(agent)]
    assert [event.type for event in stored].count("message.received") == 1
    assert [event.type for event in stored].count("message.sent") == 1
    assert stored[-1].type == "turn.completed"
    assert frames[-1] == stored[-1]
    assert isinstance(frames[0], Receipt)
    assert frames[0].turn_id == stored[-1].data["turn_id"]


async def _knows(cluster: Cluster, agent: str) -> bool:
    return any(spec.name == agent for spec in cluster.node.agents.all())


async def test_what_a_process_outside_the_cluster_left_waiting_is_woken_when_it_is_due(
    cluster: Cluster, sessions: Sessions
) -> None:
    assembly = await assemble(cluster.node.agents, await cluster.node.plugins())
    async with LocalRuntime(cluster.node.journal, assembly.kinds) as outside:
        elsewhere = Sessions(outside, cluster.node.agents)
        session = await elsewhere.create("keeper", principal=LOCAL)
        turn = elsewhere.converse(session, "call here {}", principal=LOCAL)
        async for frame in turn:
            if isinstance(frame, Event) and frame.type == "approval.requested":
                break
        await turn.aclose()  # pyright: ignore
    await assembly.close()

    async def expired() -> list[str]:
        types = [event.type async for event in sessions.events(session)]
        return types if types[-1] == "turn.completed" else []

    assert "approval.expired" in await until(expired)


async def test_a_supervisor_that_is_killed_comes_back_and_knows_the_hosts(cluster: Cluster) -> None:
    raylet = psutil.Process((await shared_host(cluster)).identity.pid).parent()
    assert raylet is not None
    (supervisor,) = [p for p in raylet.children() if p.name().startswith("ray::Supervisor")]

    supervisor.kill()
    supervisor.wait()

    async def knows() -> bool:
        reports = (await cluster.status()).supervised
        return any(report.name == "shared/0" and report.identity for report in reports)

    assert await until(knows)


async def test_many_sessions_go_on_after_their_host_was_killed(
    cluster: Cluster, sessions: Sessions, tmp_path: Path
) -> None:
    pipes = [tmp_path / str(number) for number in range(8)]
    for pipe in pipes:
        os.mkfifo(pipe)

    async def turn(pipe: Path) -> str:
        session = await sessions.create("held", principal=LOCAL)
        await sessions.send(session, f"hold {pipe}", principal=LOCAL)
        return session

    ids = await asyncio.gather(*(turn(pipe) for pipe in pipes))
    os.kill((await shared_host(cluster)).identity.pid, signal.SIGKILL)
    for pipe in pipes:
        await until(lambda pipe=pipe: has_no_reader(pipe))
    await asyncio.gather(
        *(in_thread(lambda pipe=pipe: pipe.write_text("go"), name="let-go") for pipe in pipes)
    )

    async def all_idle() -> bool:
        return all([(await sessions.get(each))["status"] == "idle" for each in ids])

    assert await until(all_idle)
