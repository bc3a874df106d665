"""One cluster for all tests of this folder: Ray takes seconds to start."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from liteagent.agents.sessions import Sessions
from liteagent.cluster import Cluster, ClusterConfig, NodeConfig, start
from liteagent.testing.distributions import write_distribution
from tests.cluster.running.gateway import build_gateway

AGENTS = {
    "held": "model: held/held\ntools: [whereabouts, here]",
    "caller": "model: demo/demo\ntools: [whereabouts, here, current_time]",
    "keeper": ("model: demo/demo\ntools: [here]\napproval: {here: {expires: 1s, on_expiry: deny}}"),
}


RAYS_OWN = (
    # ray.serve's configuration models are written for an older pydantic.
    "ignore:Using extra keyword arguments on `Field`:DeprecationWarning",
)
"""Warnings that Ray causes and we cannot mend; everything else is still an error."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.ray)
            for warning in RAYS_OWN:
                item.add_marker(pytest.mark.filterwarnings(warning))
            item.add_marker(pytest.mark.asyncio(loop_scope="package"))


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A data directory with agents and a journal, and a plugin that is installed for as long."""
    home = tmp_path_factory.mktemp("home")
    (home / "agents").mkdir()
    for name, lines in AGENTS.items():
        write_agent(home, name, lines)
    installed = tmp_path_factory.mktemp("installed")
    write_distribution(installed, "cluster-plugin", plugins={"cluster": "cluster_plugin"})
    shutil.copy(Path(__file__).parent / "plugin" / "cluster_plugin.py", installed)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        patch.setenv("PYTHONPATH", str(installed))  # for Ray's workers
        patch.setenv("LITEAGENT_HOME", str(home))
        patch.setenv("CLUSTER_TOKEN", "s3cret")
        yield home


def write_agent(home: Path, name: str, lines: str) -> None:
    (home / "agents" / f"{name}.yaml").write_text(f"name: {name}\n{lines}\n")


@pytest.fixture(scope="package")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def cluster(home: Path, port: int) -> AsyncGenerator[Cluster]:
    config = ClusterConfig(node=NodeConfig.read(os.environ), build=build_gateway, port=port)
    async with await start(config) as cluster:
        yield cluster


@pytest.fixture
def sessions(cluster: Cluster) -> Sessions:
    return Sessions(cluster.runtime, cluster.node.agents)
