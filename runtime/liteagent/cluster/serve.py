"""The HTTP gateway as a Serve deployment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from liteagent.cluster import actors
from liteagent.cluster.attendants import health_of
from liteagent.cluster.edge import App
from liteagent.cluster.environment import LOOPBACK
from liteagent.cluster.hosts import Hosts
from liteagent.cluster.node import Node, NodeConfig, open_actor_node
from liteagent.cluster.runtime import RayRuntime
from liteagent.cluster.scrape import scrape
from liteagent.cluster.supervisor import start_supervisor
from liteagent.errors import ConfigurationError
from liteagent.events import Json

if TYPE_CHECKING:
    from prometheus_client import Metric

APPLICATION = "liteagent"
ONGOING_REQUESTS = 1000
"""At a time in one replica. Serve's own default is 5, which five open streams would fill."""
SHUTDOWN_SECONDS = 10.0
HEALTH_SECONDS = 1.0
"""So soon a replica that died is missed, and replaced; Serve's own default is ten."""
LOGGING = {"enable_access_log": False, "log_level": "WARNING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    """What a gateway is built over; closed by whoever gave it."""

    node: Node
    runtime: RayRuntime
    hosts: Hosts
    stack: AsyncExitStack
    """Closed when the replica has answered its last request: for what else the gateway holds."""

    async def scrape(self) -> Mapping[str, Sequence[Metric] | None]:
        """See `liteagent.cluster.scrape`."""
        return await scrape(self.hosts)

    async def attendant(self, name: str) -> Mapping[str, Json]:
        """How one of those that run beside the hosts is: `{connected, text, …}`."""
        return await health_of(name, self.node.config.namespace)


BuildGateway = Callable[[GatewayParts], Awaitable[App]]
"""Makes the ASGI application in the process that serves it. Pickled by its name, so it has to be at
the top level of a module.
"""


class Gateway:
    """A replica: the application over its own journal and a `RayRuntime`."""

    async def __init__(  # pyright: ignore[reportGeneralTypeIssues] Serve awaits it
        self, config: NodeConfig, build: BuildGateway, supervised: bool
    ) -> None:
        _listen_here_alone()
        self._stack = AsyncExitStack()
        node = await open_actor_node(config)
        await self._stack.enter_async_context(node.journal)
        if not supervised:
            await asyncio.to_thread(start_supervisor, config)
        hosts = Hosts(config)
        runtime = RayRuntime(node.journal, hosts, node.placer)
        self._stack.push_async_callback(runtime.close)
        parts = GatewayParts(node=node, runtime=runtime, hosts=hosts, stack=self._stack)
        self._app = await build(parts)

    def __serve_build_asgi_app__(self) -> App:
        return self._app

    async def __del__(self) -> None:
        """Serve awaits this when the replica has answered its last request."""
        await self._stack.aclose()


def _listen_here_alone() -> None:
    """Where Ray keeps to this machine, so does the port by which a replica takes calls of other
    deployments: Serve opens it to every interface, and whoever reaches it can run code.
    """
    replica: Any = import_module("ray.serve._private.replica")
    if actors.library().util.get_node_ip_address() == LOOPBACK:
        add_port = replica.add_port_to_grpc_server

        def add_loopback_port(server: object, address: str) -> int:
            return add_port(server, f"{LOOPBACK}:0")

        replica.add_port_to_grpc_server = add_loopback_port


def application(
    config: NodeConfig, build: BuildGateway, *, replicas: int = 1, supervised: bool = True
) -> Any:
    """The Serve application; unless `supervised`, its replicas start the supervisor themselves."""
    serve = actors.serve_library()
    deployment = serve.deployment(
        name="gateway",
        num_replicas=replicas,
        max_ongoing_requests=ONGOING_REQUESTS,
        graceful_shutdown_timeout_s=SHUTDOWN_SECONDS,
        health_check_period_s=HEALTH_SECONDS,
        ray_actor_options={"num_cpus": 0},
        logging_config=LOGGING,
    )
    return deployment(serve.ingress(None)(Gateway)).bind(config, build, supervised)


def deploy(application: Any, *, host: str, port: int) -> None:
    """Start Serve, unless it runs, and hand the application over, not waiting for it. Blocks.

    Raises `ConfigurationError` where Serve runs and listens elsewhere.
    """
    serve = actors.serve_library()
    _require_port(port)
    with suppress(TimeoutError):  # Serve waits a minute for its proxies; whoever calls, for longer
        serve.start(
            http_options={"host": host, "port": port},
            proxy_location="EveryNode",
            logging_config=LOGGING,
        )
    serve.run_many(
        [serve.RunTarget(target=application, name=APPLICATION, route_prefix="/")],
        wait_for_ingress_deployment_creation=False,
        wait_for_applications_running=False,
    )


def state() -> tuple[str, str]:
    """The application's state in Serve's words (`RUNNING`, `DEPLOYING`, `DEPLOY_FAILED`, …), and
    what Serve says of it. Blocks.
    """
    found = actors.serve_library().status().applications.get(APPLICATION)
    return ("NOT_STARTED", "") if found is None else (str(found.status.value), str(found.message))


def take_down(*, entirely: bool) -> None:
    """Let the replicas answer what they have, and end them; `entirely` ends Serve as well, unless
    it serves something else. Blocks.
    """
    serve = actors.serve_library()
    serve.delete(APPLICATION)
    if entirely and not serve.status().applications:
        serve.shutdown()


def _require_port(port: int) -> None:
    controller = actors.find("SERVE_CONTROLLER_ACTOR", "serve")
    if controller is None:
        return
    found: Any = actors.library().get(controller.get_http_config.remote())
    if found.port != port:
        raise ConfigurationError(
            f"Ray Serve runs on this cluster already and listens on port {found.port}: take"
            f" --port {found.port}, or end it with `serve shutdown`.",
            field="port",
        )
