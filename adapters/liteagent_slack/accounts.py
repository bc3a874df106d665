"""What stands behind the app, by the workspace from which something comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from liteagent_slack.home import Home
from liteagent_slack.intake import Intake
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.web import SlackWeb

REMOVED = frozenset({"app_uninstalled", "tokens_revoked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the app in one workspace."""

    platform: SlackPlatform
    intake: Intake
    home: Home

    @property
    def web(self) -> SlackWeb:
        return self.platform.web


class Accounts(Protocol):
    """The workspaces in which the app is installed."""

    async def of(self, team: str) -> Behind:
        """Raises `NotInstalledError`."""
        ...

    async def removed(self, body: Mapping[str, Any]) -> None:
        """Take note of an event of `REMOVED`."""
        ...


class OneAccount:
    """The workspace of the bot token, in which all happens that this app hears of."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind

    async def of(self, team: str) -> Behind:
        return self._behind

    async def removed(self, body: Mapping[str, Any]) -> None:
        """Calls will say that the token is refused."""


class Workspaces(Protocol):
    """Knows each workspace's platform (`liteagent_slack.workspaces`)."""

    async def of(self, team: str) -> SlackPlatform: ...

    async def removed(self, body: Mapping[str, Any]) -> None: ...


class SeveralAccounts:
    """Every workspace has its own, made when it is first heard of, and again after it was
    installed again.
    """

    def __init__(
        self, workspaces: Workspaces, stand_behind: Callable[[SlackPlatform], Awaitable[Behind]]
    ) -> None:
        self._workspaces, self._stand_behind = workspaces, stand_behind
        self._kept: dict[str, Behind] = {}

    async def of(self, team: str) -> Behind:
        platform = await self._workspaces.of(team)
        kept = self._kept.get(team)
        if kept is None or kept.platform is not platform:
            kept = self._kept[team] = await self._stand_behind(platform)
        return kept

    async def removed(self, body: Mapping[str, Any]) -> None:
        self._kept.pop(str(body.get("team_id")), None)
        await self._workspaces.removed(body)
