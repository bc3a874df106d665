"""Starting LiteAgent on Ray, and joining one that runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from liteagent.clock import Clock, SystemClock
from liteagent.cluster import actors, serve
from liteagent.cluster.cluster import Cluster
from liteagent.cluster.config import ClusterConfig
from liteagent.cluster.environment import LOOPBACK, has_haproxy
from liteagent.cluster.errors import (
    AlreadyRunningError,
    GatewayFailedError,
    NotRunningError,
)
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.identity import SUPERVISOR
from liteagent.cluster.journals import require_shared_journal
from liteagent.cluster.node import Node, open_node
from liteagent.cluster.probe import answers
from liteagent.cluster.ray_process import ray_running
from liteagent.cluster.stages import OnStage, StageName, Stages, untold
from liteagent.cluster.supervisor import start_supervisor
from liteagent.errors import ConfigurationError
from liteagent.threads import in_thread

PROBE = "/livez"
PROBE_SECONDS = 0.05
GATEWAY_SECONDS = 120.0


async def start(
    config: ClusterConfig, on_stage: OnStage = untold, *, clock: Clock | None = None
) -> Cluster:
    """Start everything; returns when every host is up and the gateway answers.

    Raises `ConfigurationError`, `AlreadyRunningError`, `GatewayFailedError`, and whatever keeps a
    host from starting; nothing is left running then.
    """
    clock = clock or SystemClock()
    stages = Stages(on_stage, clock)
    with stages.stage(StageName.READY):
        cluster = await _lay_foundation(config, stages)
        try:
            await _build_up(config, cluster, stages, clock)
        except BaseException:
            await cluster.drain(0.0)
            raise
    return cluster


async def attach(config: ClusterConfig) -> Cluster:
    """Join the cluster at `config.address`, in which LiteAgent runs already, to look or to drain.

    Raises `NotRunningError`, and `ConfigurationError` when there is no cluster.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ray_running(config))
        if actors.find(SUPERVISOR, config.node.namespace) is None:
            raise NotRunningError(config.node.namespace)
        node = await open_node(config.node)
        await stack.enter_async_context(node.journal)
        hosts = Hosts(config.node)
        return Cluster(
            node=node,
            hosts=hosts,
            url=config.url,
            joined=config.address is not None,
            stack=stack.pop_all(),
        )


async def _lay_foundation(config: ClusterConfig, stages: Stages) -> Cluster:
    """Ray and this process's own node, made at the same time."""
    async with AsyncExitStack() as stack:
        if config.address is None and config.build is not None:
            _require_free(config.host, config.port)
        node, _ = await together(
            _open_node(config, stages, stack), _start_ray(config, stages, stack)
        )
        nodes = [node for node in actors.library().nodes() if node["Alive"]]
        require_shared_journal(node.settings.journal_url, len(nodes))
        if actors.find(SUPERVISOR, config.node.namespace) is not None:
            raise AlreadyRunningError(config.node.namespace)
        hosts = Hosts(node.config)
        return Cluster(
            node=node,
            hosts=hosts,
            url=config.url,
            joined=config.address is not None,
            stack=stack.pop_all(),
        )


async def _open_node(config: ClusterConfig, stages: Stages, stack: AsyncExitStack) -> Node:
    """Settings, journal, and the lock of the plugins that are wanted and work here."""
    with stages.stage(StageName.CONFIGURATION):
        node = await open_node(config.node)
        await stack.enter_async_context(node.journal)
    with stages.stage(StageName.PLUGINS):
        plugins = await node.plugins()
        chosen = None if config.attendants is None else await config.attendants(plugins)
    return replace(node, config=replace(config.node, lock=plugins.lock, attendants=chosen))


async def _start_ray(config: ClusterConfig, stages: Stages, stack: AsyncExitStack) -> None:
    with stages.stage(StageName.RAY):
        await stack.enter_async_context(ray_running(config))


async def _build_up(config: ClusterConfig, cluster: Cluster, stages: Stages, clock: Clock) -> None:
    """Hosts and gateway at the same time; the supervisor last, when there is something to watch."""
    await together(
        _start_hosts(cluster.hosts, cluster.node, stages),
        _start_gateway(config, cluster.node, stages, clock),
    )
    with stages.stage(StageName.SUPERVISOR):  # it comes up behind us: nobody waits for it
        await in_thread(lambda: start_supervisor(cluster.node.config), name="supervisor")


async def _start_hosts(hosts: Hosts, node: Node, stages: Stages) -> None:
    with stages.stage(StageName.HOSTS):
        names: list[str] = []
        for pool in node.placer.pools():
            for name in pool.host_names:
                hosts.ensure(name, pool)
                names.append(name)
        await together(*(hosts.until_up(name) for name in names))


async def _start_gateway(config: ClusterConfig, node: Node, stages: Stages, clock: Clock) -> None:
    if config.build is None:
        return
    with stages.stage(StageName.GATEWAY):
        application = serve.application(node.config, config.build, replicas=config.replicas)
        # Behind HAProxy on one machine, only HAProxy itself has to be reached from outside.
        behind = config.address is None and has_haproxy()
        host = LOOPBACK if behind else config.host
        await in_thread(
            lambda: serve.deploy(application, host=host, port=config.port), name="serve-start"
        )
        until = clock.now() + GATEWAY_SECONDS
        while not await answers(config.reachable_host, config.port, PROBE):
            name, message = await in_thread(serve.state, name="serve-state")
            if name == "DEPLOY_FAILED" or clock.now() > until:
                raise GatewayFailedError(f"The gateway did not come up ({name}). {message}")
            await clock.sleep(PROBE_SECONDS)


async def together(*work: Coroutine[Any, Any, Any]) -> Sequence[Any]:
    """All of it at once; when one fails the others are stopped, and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"The gateway cannot listen on {host} port {port} ({error.strerror}):"
                " stop what does, or choose another with --host and --port.",
                field="port",
            ) from error
