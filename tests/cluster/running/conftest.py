"""One cluster for all tests of this folder: Ray takes seconds to start."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from liteagent.agents.sessions import Sessions
from liteagent.cluster import Cluster, ClusterConfig, NodeConfig, start
from liteagent.cluster.environment import free_ports
from tests.cluster.gateway import build_gateway
from tests.cluster.home import furnished


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="package"))


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    with furnished(tmp_path_factory.mktemp("cluster")) as home:
        yield home


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def cluster(home: Path) -> AsyncGenerator[Cluster]:
    (port,) = free_ports(1)
    config = ClusterConfig(node=NodeConfig.read(os.environ), build=build_gateway, port=port)
    async with await start(config) as cluster:
        yield cluster


@pytest.fixture
def sessions(cluster: Cluster) -> Sessions:
    return Sessions(cluster.runtime, cluster.node.agents)
