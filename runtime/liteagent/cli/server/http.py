"""The HTTP application of `liteagent up`, made in the processes that serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liteagent.clock import SystemClock
from liteagent.security import ApiKeys, JWTHandler

if TYPE_CHECKING:
    from liteagent.cluster import App, GatewayParts


async def build_gateway(parts: GatewayParts) -> App:
    """The application over one replica's journal and runtime. Pickled by its name."""
    from liteagent.agents.kept import KeptAgents
    from liteagent.gateway import GatewaySettings, create_app
    from liteagent.observability import Metrics

    node, clock = parts.node, SystemClock()
    secret = node.settings.jwt_secret
    return create_app(
        parts.runtime,
        node.agents,
        ApiKeys(node.journal, clock),
        jwt=None if secret is None else JWTHandler(secret.get_secret_value(), clock=clock),
        settings=GatewaySettings.of(node.settings),
        metrics=Metrics(),
        scrape=parts.scrape,
        kept=KeptAgents(node.files, node.settings.home),
        clock=clock,
    )
