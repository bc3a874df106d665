"""Discord as an `Adapter`. discord.py is not imported before something is to run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from importlib.util import find_spec
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

INSTALL = 'pip install "liteagent-runtime[discord]"'


class DiscordAdapter:
    """The platform `discord`."""

    @property
    def name(self) -> str:
        return "discord"

    @property
    def variables(self) -> tuple[str, ...]:
        return VARIABLES

    @property
    def switches(self) -> tuple[str, ...]:
        return VARIABLES[:1]

    def lacks(self, environ: Mapping[str, str]) -> str:
        missing = [name for name in ("discord", "aiohttp") if find_spec(name) is None]
        if missing:
            return f"Discord needs {' and '.join(missing)}: {INSTALL}"
        return complaint_about(environ)

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
