"""What the processes of a cluster measured, as a gateway asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psutil
from prometheus_client import Metric

from liteagent.agents.sessions import Sessions
from liteagent.cluster import Cluster
from liteagent.cluster.scrape import scrape
from liteagent.principal import LOCAL
from tests.cluster.waiting import until

HOST = "shared/0"
PATIENCE = 60.0
"""Seconds that a scrape waits where everybody is to answer."""


def value(measured: Sequence[Metric] | None, name: str, **labels: str) -> float:
    """Of one sample; 0 where there is none yet."""
    samples = (sample for family in measured or () for sample in family.samples)
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


async def test_a_turn_is_counted_by_the_host_that_ran_it(
    cluster: Cluster, sessions: Sessions
) -> None:
    def turns(found: Mapping[str, Sequence[Metric] | None]) -> float:
        return value(found[HOST], "liteagent_turns_total", agent="held", outcome="completed")

    before = turns(await scrape(cluster.hosts, seconds=PATIENCE))
    session = await sessions.create("held", principal=LOCAL)
    async for _ in sessions.converse(session, "Hello", principal=LOCAL):
        pass

    found = await scrape(cluster.hosts, seconds=PATIENCE)
    assert turns(found) == before + 1
    assert value(found[HOST], "liteagent_sessions_active") >= 1
    assert value(found[HOST], "liteagent_appends_total") >= 1
    assert value(found[HOST], "liteagent_memory_bytes") > 2**20


async def test_the_supervisor_says_how_often_hosts_were_started_again(cluster: Cluster) -> None:
    async def supervised() -> Any:
        return (await scrape(cluster.hosts)).get("supervisor")

    assert value(await until(supervised), "liteagent_hosts_wanted") >= 1


async def test_a_host_that_hangs_holds_nobody_up(cluster: Cluster) -> None:
    host = psutil.Process((await cluster.hosts.identity(HOST)).pid)
    host.suspend()
    try:
        assert (await scrape(cluster.hosts))[HOST] is None
    finally:
        host.resume()

    async def answers() -> Any:
        return (await scrape(cluster.hosts))[HOST]

    assert await until(answers)
