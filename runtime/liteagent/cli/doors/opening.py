"""Which door a command goes through."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from liteagent.agents.configuration import Configuration
from liteagent.cli.doors.agents_here import AgentsHere
from liteagent.cli.doors.contract import AgentDoor, Door
from liteagent.config import Settings, load_settings

if TYPE_CHECKING:
    from liteagent.cli.doors.remote import RemoteDoor


@asynccontextmanager
async def open_door(
    server: str | None,
    config: Path | None = None,
    *,
    settings: Settings | None = None,
    recover: bool = False,
) -> AsyncGenerator[Door]:
    """The door into the server at `server` (None: LITEAGENT_SERVER), without one into this
    process.

    Imports what only one of the two needs when it is that one. `recover`: see `open_local`; a
    server has done it.
    """
    settings = settings or load_settings()
    async with AsyncExitStack() as stack:
        remote = await _remote(server, settings, stack)
        if remote is not None:
            yield remote
            return
        from liteagent.cli.doors.local import open_local

        configuration = Configuration.load(settings, config)
        yield await stack.enter_async_context(open_local(configuration, recover=recover))


@asynccontextmanager
async def open_agents(server: str | None, config: Path | None = None) -> AsyncGenerator[AgentDoor]:
    """The same for agents alone."""
    settings = load_settings()
    async with AsyncExitStack() as stack:
        remote = await _remote(server, settings, stack)
        yield remote or AgentsHere(Configuration.load(settings, config))


async def _remote(
    server: str | None, settings: Settings, stack: AsyncExitStack
) -> RemoteDoor | None:
    url = settings.server if server is None else server
    if not url:
        return None
    from liteagent.cli.doors.remote import open_remote

    key = settings.api_key.get_secret_value() if settings.api_key else ""
    return await stack.enter_async_context(open_remote(url, key))
