"""What runs beside the hosts: one process each, as long as the cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncGenerator, Mapping

import pytest_asyncio

from liteagent.cluster import Attendants, Cluster
from liteagent.cluster.attendants import start_attendants, stop_attendants
from liteagent.events import Json
from tests.cluster.attendant import build_attendant
from tests.cluster.waiting import has_ended, until


@pytest_asyncio.fixture(loop_scope="package")
async def attended(cluster: Cluster) -> AsyncGenerator[Cluster]:
    config = cluster.node.config
    names = ("here", "brittle", "refused")
    start_attendants(config, Attendants(build=build_attendant, names=names))
    yield cluster
    await stop_attendants(config.namespace)


async def connected(cluster: Cluster, name: str) -> Mapping[str, Json]:
    async def look() -> Mapping[str, Json] | None:
        health = (await cluster.attendants())[name]
        return health if health["connected"] else None

    found = await until(look)
    assert found is not None
    return found


async def test_an_attendant_runs_over_the_clusters_configuration_and_is_started_again_when_killed(
    attended: Cluster,
) -> None:
    first = await connected(attended, "here")
    assert "held" in first["text"]

    os.kill(first["pid"], signal.SIGKILL)

    async def other() -> bool:
        health = (await attended.attendants())["here"]
        return bool(health["connected"]) and health["pid"] != first["pid"]

    await until(other)


async def test_one_that_breaks_is_built_anew_in_its_process(attended: Cluster) -> None:
    assert (await connected(attended, "brittle"))["text"].startswith("run 2,")


async def test_one_that_can_not_run_says_why_and_what_to_do(attended: Cluster) -> None:
    async def refused() -> bool:
        health = (await attended.attendants())["refused"]
        return health == {"connected": False, "text": "The token is refused: set another."}

    await until(refused)


async def test_when_they_are_stopped_their_processes_end_and_none_is_left(
    attended: Cluster,
) -> None:
    pid = (await connected(attended, "here"))["pid"]
    await stop_attendants(attended.node.config.namespace)
    await until(lambda: has_ended(pid))
    assert await attended.attendants() == {}
