"""Slack as an `Adapter`. Nothing of Slack's libraries is imported before something is to run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from liteagent_slack.settings import (
    BOT_TOKEN,
    CLIENT_ID,
    NAME,
    VARIABLES,
    SlackSettings,
    complaint_about,
)

if TYPE_CHECKING:
    from liteagent.chat.adapter import (
        AdapterFinding,
        AdapterParts,
        AdapterRoutes,
        Connect,
        RunningAdapter,
    )
    from liteagent.journal import Journal


class SlackAdapter:
    """The platform `slack`."""

    name, variables = NAME, VARIABLES
    switches = (BOT_TOKEN, CLIENT_ID)

    def lacks(self, environ: Mapping[str, str]) -> str:
        from liteagent.chat.adapter import lacking_packages

        lack = lacking_packages("Slack", ("slack_bolt", "aiohttp"), extra=self.name)
        return lack or complaint_about(environ)

    def build(self, parts: AdapterParts, connect: Connect) -> RunningAdapter:
        settings = SlackSettings.read(parts.environ)
        from liteagent_slack.running import SlackRunning

        return SlackRunning(settings, parts, connect)

    def routes(self, parts: AdapterParts) -> AdapterRoutes | None:
        settings = SlackSettings.read(parts.environ)
        if not settings.signing_secret and not settings.client_id:
            return None
        from liteagent_slack.routes import routes

        return routes(settings, parts)

    def examine(
        self, environ: Mapping[str, str], journal: Journal | None = None
    ) -> AsyncIterator[AdapterFinding]:
        from liteagent_slack.doctor import examine

        return examine(environ, journal)
