"""Slack as an `Adapter`. Nothing of Slack's libraries is imported before something is to run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from importlib.util import find_spec
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

INSTALL = 'pip install "liteagent-runtime[slack]"'


class SlackAdapter:
    """The platform `slack`."""

    @property
    def name(self) -> str:
        return NAME

    @property
    def variables(self) -> tuple[str, ...]:
        return VARIABLES

    @property
    def switches(self) -> tuple[str, ...]:
        return (BOT_TOKEN, CLIENT_ID)

    def lacks(self, environ: Mapping[str, str]) -> str:
        missing = [name for name in ("slack_bolt", "aiohttp") if find_spec(name) is None]
        if missing:
            return f"Slack needs {' and '.join(missing)}: {INSTALL}"
        return complaint_about(environ)

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
