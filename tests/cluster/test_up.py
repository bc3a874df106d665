"""A cluster from its start to its end, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from liteagent.agents.assembly import assemble
from liteagent.agents.sessions import Sessions
from liteagent.cluster import ClusterConfig, NodeConfig, StageName, start
from liteagent.cluster.environment import free_ports
from liteagent.cluster.node import open_node
from liteagent.cluster.ownership import RayOwnership
from liteagent.cluster.probe import answers
from liteagent.errors import ConfigurationError
from liteagent.events import Event
from liteagent.kernel import LocalRuntime
from liteagent.threads import in_thread
from tests.cluster.gateway import build_gateway
from tests.cluster.home import ROOT, furnished
from tests.cluster.waiting import until


@pytest.fixture
def home(tmp_path: Path) -> Generator[Path]:
    with furnished(tmp_path) as home:
        yield home


class Child:
    """The other end of `tests/cluster/child.py`."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process, self.port = process, port

    async def says(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(240):
            return json.loads(await self.process.stdout.readline())

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def ask(self, line: str) -> dict[str, Any]:
        self.tell(line)
        return await self.says()

    def family(self) -> list[psutil.Process]:
        """Every process that it started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)


@asynccontextmanager
async def child(address: str = "") -> AsyncGenerator[Child]:
    """One that starts a cluster, or joins the one at `address`."""
    (port,) = free_ports(1)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.cluster.child", address or str(port)),
        cwd=ROOT,
        # Ray turns this on by itself for a cluster that it starts.
        env={**os.environ, "RAY_AUTH_MODE": "token"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Child(process, port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


SLOW_TO_NOTICE = {
    "ray::DashboardAgent",
    "ray::RuntimeEnvAgent",
    "ray::DashboardA",
    "ray::RuntimeEnv",
}
"""Ray's own agents report the death of their node for a minute, to nobody, before they end."""


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    alive: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            alive += [process] if process.status() != psutil.STATUS_ZOMBIE else []
    return alive


@asynccontextmanager
async def next_runtime() -> AsyncGenerator[Sessions]:
    """Whoever opens the journal after the cluster, as another cluster would."""
    node = await open_node(NodeConfig.read(os.environ))
    assembly = await assemble(node.agents, await node.plugins())
    ownership = RayOwnership("the next cluster", "shared/0", "1")
    async with (
        node.journal,
        LocalRuntime(node.journal, assembly.kinds, ownership=ownership) as runtime,
    ):
        yield Sessions(runtime, node.agents)
    await assembly.close()


async def types_up_to_the_end(sessions: Sessions, session: str) -> list[str]:
    types: list[str] = []
    async with aclosing(sessions.watch(session)) as frames:
        async for frame in frames:
            types += [frame.type] if isinstance(frame, Event) else []
            if types[-1:] == ["turn.completed"]:
                break
    return types


async def test_a_drained_cluster_leaves_no_process_and_a_journal_to_go_on_from(
    home: Path, tmp_path: Path
) -> None:
    ends, stays = tmp_path / "ends", tmp_path / "stays"
    os.mkfifo(ends)
    os.mkfifo(stays)
    async with child() as up:
        stages = (await up.says())["stages"]
        ended = (await up.ask(f"hold {ends}"))["session"]
        stayed = (await up.ask(f"hold {stays}"))["session"]
        family = up.family()
        assert await up.ask("drain 15") == {"draining": True}
        await in_thread(lambda: ends.write_text("go"), name="let-go")
        assert await up.says() == {"drained": True}

        assert living(family) == []
        assert not await answers("127.0.0.1", up.port, "/livez")
    assert stages[-1] == "ready"
    assert set(stages) == {name.value for name in StageName}
    async with next_runtime() as sessions:
        assert (await sessions.get(ended))["status"] == "idle"
        assert (await sessions.get(stayed))["status"] == "running"
        await in_thread(lambda: stays.write_text("go"), name="let-go")
        types = await types_up_to_the_end(sessions, stayed)
    assert types[-1] == "turn.completed"
    assert types.count("message.received") == 1


async def test_a_cluster_can_be_joined_is_started_once_and_ends_with_whoever_started_it(
    home: Path,
) -> None:
    async with child() as up:
        address = (await up.says())["ray"]
        family = up.family()
        assert {"haproxy", "raylet", "gcs_server"} <= {process.name() for process in family}

        async with child(address) as other:
            assert await other.says() == {"hosts": ["shared/0"]}
            assert "stop it with `liteagent down`" in (await other.says())["refused"]
            assert await other.process.wait() == 0
        assert await answers("127.0.0.1", up.port, "/livez")

        up.process.kill()

        async def all_gone() -> bool:
            return {process.name() for process in living(family)} <= SLOW_TO_NOTICE

        assert await until(all_gone)


async def test_a_port_that_is_taken_is_said_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = NodeConfig.read(os.environ)

        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1 port {port}"):
            await start(ClusterConfig(node=node, build=build_gateway, port=port))
