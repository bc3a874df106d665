"""What is to be started, and where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from liteagent.cluster.attendants import Attendants
from liteagent.cluster.environment import LOOPBACK
from liteagent.cluster.node import NodeConfig
from liteagent.cluster.serve import BuildGateway
from liteagent.plugins import PluginHost

ChooseAttendants = Callable[[PluginHost], Awaitable[Attendants]]
"""Says what is to run beside the hosts, by what the plugins bring."""

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 compared with, not bound to


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """A cluster as `liteagent up` is asked for it."""

    node: NodeConfig
    build: BuildGateway | None = None
    """Makes the HTTP application; None: no gateway."""
    host: str = LOOPBACK
    port: int = 8000
    replicas: int = 1
    """Of the gateway."""
    attendants: ChooseAttendants | None = None
    address: str | None = None
    """A Ray cluster that runs (`auto`, `host:port`); None: Ray is started on this machine, and ends
    with this process.
    """

    @property
    def reachable_host(self) -> str:
        """Where this machine itself finds the gateway."""
        return LOOPBACK if self.host in EVERYWHERE else self.host

    @property
    def url(self) -> str | None:
        """The gateway's, as this machine reaches it."""
        host = self.reachable_host
        host = f"[{host}]" if ":" in host else host
        return None if self.build is None else f"http://{host}:{self.port}"
