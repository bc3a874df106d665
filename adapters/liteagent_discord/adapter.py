"""Discord as an `Adapter`. discord.py is not imported before something is to run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from liteagent_discord.settings import VARIABLES, DiscordSettings, complaint_about

if TYPE_CHECKING:
    from liteagent.chat.adapter import (
        AdapterFinding,
        AdapterParts,
        AdapterRoutes,
        Connect,
        RunningAdapter,
    )
    from liteagent.journal import Journal


class DiscordAdapter:
    """The platform `discord`."""

    name, variables = "discord", VARIABLES
    switches = VARIABLES[:1]

    def lacks(self, environ: Mapping[str, str]) -> str:
        from liteagent.chat.adapter import lacking_packages

        lack = lacking_packages("Discord", ("discord", "aiohttp"), extra=self.name)
        return lack or complaint_about(environ)

    def build(self, parts: AdapterParts, connect: Connect) -> RunningAdapter:
        settings = DiscordSettings.read(parts.environ)
        from liteagent_discord.running import DiscordRunning

        return DiscordRunning(settings, parts, connect)

    def routes(self, parts: AdapterParts) -> AdapterRoutes | None:
        """None: everything comes by Discord's gateway."""
        return None

    def examine(
        self, environ: Mapping[str, str], journal: Journal | None = None
    ) -> AsyncIterator[AdapterFinding]:
        from liteagent_discord.doctor import examine

        return examine(environ)
