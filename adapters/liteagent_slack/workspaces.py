"""The workspaces that one app serves, each with its own token."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from liteagent.clock import Clock
from liteagent.errors import DecryptionError, JournalUnavailableError
from liteagent.journal import Record
from liteagent_slack.errors import NotInstalledError, SlackError
from liteagent_slack.installations import Installations, account_of
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import INSTALL_PATH
from liteagent_slack.web import SlackWeb

LOOK_SECONDS = 5.0
"""Between two looks at who installed or removed the app, at whichever gateway."""
log = logging.getLogger(__name__)


class Workspaces:
    """Finds the platform of a workspace: that of `SLACK_BOT_TOKEN`, or an installation's."""

    def __init__(
        self,
        web: SlackWeb,
        installations: Installations,
        clock: Clock,
        own: SlackPlatform | None = None,
    ) -> None:
        self._web, self._installations, self._clock = web, installations, clock
        self._own = own
        self._kept: dict[str, tuple[str, SlackPlatform]] = {}
        self._names: dict[str, str] = {}
        self._removed: dict[str, str] = {}
        self._watches = False

    async def of(self, team: str) -> SlackPlatform:
        """Raises `NotInstalledError`, or another `SlackError` where the token cannot be read."""
        if self._own is not None and team in ("", self._own.account.team):
            return self._own
        if not team:
            return await self._only()
        record = await self._record(team)
        if record is None or not record.value["token"]:
            self._kept.pop(team, None)
            raise NotInstalledError(team, "" if record is None else record.value["team_name"])
        return self._platform(record)

    async def _record(self, team: str) -> Record | None:
        try:
            return await self._installations.record(team)
        except JournalUnavailableError as error:
            raise SlackError(str(error), "journal_away") from error

    async def _only(self) -> SlackPlatform:
        """Where nothing says which workspace is meant, and there is but one."""
        found = await self.all()
        if len(found) != 1:
            raise SlackError(
                "It is not said which of Slack's workspaces is meant: write channels with theirs,"
                " as in T1:C1.",
                "no_team",
                permanent=True,
            )
        return found[0]

    async def all(self) -> list[SlackPlatform]:
        """Those that are installed now and whose tokens can be read."""
        found = [] if self._own is None else [self._own]
        async for record in self._installations.all():
            if record.value["token"] and not self._is_own(record.key):
                try:
                    found.append(self._platform(record))
                except SlackError as error:
                    log.warning("Slack's workspace %s cannot be served: %s", record.key, error)
        return found

    async def removed(self, body: Mapping[str, Any]) -> None:
        """Forget a workspace that took the app out, or revoked the bot's token."""
        event: Mapping[str, Any] = body.get("event") or {}
        if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        why = (
            "uninstalled the app" if event.get("type") == "app_uninstalled" else "revoked its token"
        )
        team, at = str(body.get("team_id") or ""), body.get("event_time")
        if await self._installations.remove(team, why, at=None if at is None else float(at)):
            log.info("Slack's workspace %s has %s.", team, why)
            if self._watches:
                await self.look()

    async def watch(self) -> None:
        """Keep an eye on who installs and removes the app, until cancelled."""
        self._watches = True
        while True:
            with suppress(JournalUnavailableError):  # whoever serves says so already
                await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """See who is installed now, and say in the log what changed."""
        names: dict[str, str] = {}
        async for record in self._installations.all():
            team, name = record.key, record.value["team_name"]
            if record.value["token"]:
                names[team] = name
                if self._removed.pop(team, None) is not None or team not in self._names:
                    log.info("Serving Slack's workspace %s (%s).", name, team)
            elif team not in self._removed:
                self._removed[team] = name
                log.warning("The app serves Slack's workspace %s (%s) no more.", name, team)
        self._names = names

    def health(self) -> tuple[str, list[str]]:
        """A sentence, and the ids of the workspaces that are served."""
        own = [] if self._own is None else [self._own.account.team]
        teams = sorted({*own, *self._names})
        text = f"Serving {len(teams)} workspace{'' if len(teams) == 1 else 's'}."
        if not teams:
            text = f"No workspace has the app: open {INSTALL_PATH} at the gateway."
        if self._removed:
            gone = ", ".join(f"{name} ({team})" for team, name in sorted(self._removed.items()))
            text += f" Removed from {gone}."
        troubles = (platform.web.trouble for _, platform in self._kept.values())
        text = " ".join([text, *filter(None, troubles)])
        return text, teams

    def _is_own(self, team: str) -> bool:
        return self._own is not None and team == self._own.account.team

    def _platform(self, record: Record) -> SlackPlatform:
        """What is known of its people is kept until it is installed again."""
        team, sealed = record.key, record.value["token"]
        kept = self._kept.get(team)
        if kept is not None and kept[0] == sealed:
            return kept[1]
        try:
            token = self._installations.token_of(record)
        except DecryptionError as error:
            raise SlackError(str(error), "sealed_token", retry_after=60.0) from error
        settings = replace(self._web.settings, bot_token=token)
        name = f"{record.value['team_name']} ({team})"
        web = SlackWeb(settings, self._web.session, holder=f"the installation in {name}")
        platform = SlackPlatform(web, account_of(team, record.value), self._clock)
        self._kept[team] = (sealed, platform)
        return platform
