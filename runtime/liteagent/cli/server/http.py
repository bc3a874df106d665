"""The HTTP application of `liteagent up`, made in the processes that serve it."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from liteagent.cli.server.adapter_health import AdapterHealthCheck
from liteagent.clock import SystemClock
from liteagent.errors import ConfigurationError
from liteagent.security import ApiKeys, JWTHandler

if TYPE_CHECKING:
    from liteagent.chat.adapter import AdapterRoutes
    from liteagent.cluster import App, GatewayParts


log = logging.getLogger(__name__)


async def build_gateway(parts: GatewayParts) -> App:
    """The application over one replica's journal and runtime. Pickled by its name."""
    from liteagent.agents.kept import KeptAgents
    from liteagent.gateway import GatewaySettings, create_app
    from liteagent.observability import Metrics

    node, clock = parts.node, SystemClock()
    secret = node.settings.jwt_secret
    routes = await _chat_routes(parts)
    return create_app(
        parts.runtime,
        node.agents,
        ApiKeys(node.journal, clock),
        jwt=None if secret is None else JWTHandler(secret.get_secret_value(), clock=clock),
        settings=GatewaySettings.of(node.settings),
        metrics=Metrics(),
        scrape=parts.scrape,
        kept=KeptAgents(node.files, node.settings.home),
        checks=_adapter_checks(parts),
        routers=[each.router for each in routes],
        open_paths=[path for each in routes for path in each.open_paths],
        clock=clock,
    )


def _adapter_checks(parts: GatewayParts) -> list[AdapterHealthCheck]:
    attendants = parts.node.config.attendants
    names = () if attendants is None else attendants.names
    return [AdapterHealthCheck(name, parts.attendant) for name in names]


async def _chat_routes(parts: GatewayParts) -> Sequence[AdapterRoutes]:
    """What the chat platforms call, where they call us. One that cannot be served is left out: the
    adapter's own process tells why.
    """
    from liteagent.cli.adapter.chats import adapter_parts, wanted_adapters

    node, found = parts.node, list["AdapterRoutes"]()
    plugins = await node.plugins()
    wanted = await wanted_adapters(plugins)
    if not wanted:
        return found
    given = await adapter_parts(
        parts.runtime, node.agents, node.configuration, plugins, dict(os.environ)
    )
    for adapter in wanted:
        try:
            routes = adapter.routes(given)
        except ConfigurationError as error:
            log.warning("The gateway serves nothing for %s: %s", adapter.name, error)
            continue
        if routes is not None:
            parts.stack.push_async_callback(routes.close)
            found.append(routes)
    return found
