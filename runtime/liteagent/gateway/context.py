"""What every route is given: the collaborators of one gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from liteagent.agents.env import AgentDirectory
from liteagent.agents.inbox import ApprovalInbox
from liteagent.agents.kept import KeptAgents
from liteagent.agents.sessions import Sessions
from liteagent.clock import Clock
from liteagent.gateway.settings import GatewaySettings
from liteagent.gateway.turns.reservations import Reservations
from liteagent.ids import Ids
from liteagent.observability import HealthCheckRegistry, Metrics

if TYPE_CHECKING:
    from prometheus_client import Metric

Scrape = Callable[[], Awaitable[Mapping[str, "Sequence[Metric] | None"]]]
"""What the other processes measured, by host; None of one that did not say in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Passed in once, when the application is made."""

    agents: AgentDirectory
    kept: KeptAgents | None
    """Where agents are made; None: nowhere."""
    sessions: Sessions
    inbox: ApprovalInbox
    reservations: Reservations
    settings: GatewaySettings
    checks: HealthCheckRegistry
    metrics: Metrics | None
    scrape: Scrape | None
    """None: this process is all there is."""
    clock: Clock
    ids: Ids
    started_at: float


def gateway_of(request: Request) -> Gateway:
    """The gateway that serves this request."""
    return request.app.state.gateway


async def _gateway(request: Request) -> Gateway:
    return gateway_of(request)  # async: FastAPI takes what is not to a thread


TheGateway = Annotated[Gateway, Depends(_gateway)]
