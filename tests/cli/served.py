"""A server on a port, in this process, over the data directory of the test."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from liteagent.agents.assembly import assemble
from liteagent.agents.configuration import Configuration
from liteagent.agents.kept import KeptAgents
from liteagent.clock import SystemClock
from liteagent.config import Settings
from liteagent.gateway import GatewaySettings, create_app
from liteagent.journal import open_journal
from liteagent.kernel import LocalRuntime
from liteagent.plugins import PluginHost, Selection
from liteagent.security import ApiKeys
from tests.gateway.door import serving


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, and a key for everything."""

    url: str
    key: str


@asynccontextmanager
async def served(home: Path) -> AsyncGenerator[Served]:
    """The gateway over an in-process runtime, as `liteagent up` has it over a cluster."""
    settings = Settings(home=home)
    agents = Configuration.load(settings).agents()
    async with await open_journal(settings.journal_url) as journal:
        assembly = await assemble(agents, PluginHost.build(Selection()))
        keys = ApiKeys(journal, SystemClock())
        key, _ = await keys.create("ann", ["admin"], principal_id="ann")
        async with LocalRuntime(journal, assembly.kinds) as runtime:
            unlimited = GatewaySettings(requests_per_minute=0, max_concurrent=0)
            kept = KeptAgents(agents, home)
            app = create_app(runtime, agents, keys, settings=unlimited, kept=kept)
            async with serving(app) as url:
                yield Served(url, key)
        await assembly.close()
