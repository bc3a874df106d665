"""The workspaces that installed the app, as records of the journal."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from liteagent.clock import Clock
from liteagent.errors import ConflictError
from liteagent.journal import Journal, Record
from liteagent.security.encryption import EncryptionService
from liteagent_slack.account import Account
from liteagent_slack.settings import NAME

COLLECTION = f"chat-installations/{NAME}"
PAGE = 200
log = logging.getLogger(__name__)


class Installations(AsyncInstallationStore):
    """By workspace, whose ids no two organisations share. One that was removed stays known, without
    its token.
    """

    def __init__(self, journal: Journal, sealing: EncryptionService, clock: Clock) -> None:
        self._journal, self._sealing, self._clock = journal, sealing, clock

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_save(self, installation: Installation) -> None:
        """In place of an earlier one of the same workspace."""
        team, token = installation.team_id, installation.bot_token
        assert team, "an installation is of one workspace"
        assert token, "an installation has a bot token"
        value = {
            "enterprise": installation.enterprise_id,
            "team_name": installation.team_name or team,
            "app": installation.app_id,
            "bot": installation.bot_id or "",
            "user": installation.bot_user_id or "",
            "name": installation.custom_values.get("name") or "",
            "scopes": list(installation.bot_scopes or ()),
            "installed_by": installation.user_id,
            "installed_at": self._clock.now(),
            "token": self._sealing.encrypt(token),
        }
        await self._journal.put_record(COLLECTION, team, value)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self.async_find_installation(enterprise_id=enterprise_id, team_id=team_id)
        return None if found is None else found.to_bot()

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The one of a workspace, whoever installed it. Raises `DecryptionError`."""
        record = await self.record(team_id or "")
        if record is None or not record.value["token"]:
            return None
        value = record.value
        return Installation(
            app_id=value["app"],
            enterprise_id=value["enterprise"],
            team_id=record.key,
            team_name=value["team_name"],
            bot_token=self.token_of(record),
            bot_id=value["bot"],
            bot_user_id=value["user"],
            bot_scopes=value["scopes"],
            user_id=value["installed_by"],
            installed_at=value["installed_at"],
            custom_values={"name": value["name"]},
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self.remove(team_id or "", "removed the app")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Nothing of single people is kept."""
        if user_id is None:
            await self.remove(team_id or "", "removed the app")

    async def remove(self, team: str, why: str, *, at: float | None = None) -> bool:
        """Forget the token of a workspace, unless it installed the app later than `at`; whether
        there was one.
        """
        record = await self.record(team)
        if record is None or not record.value["token"]:
            return False
        if at is not None and int(record.value["installed_at"]) > at:
            return False
        value = {**record.value, "token": "", "removed": why, "removed_at": self._clock.now()}
        try:
            await self._journal.put_record(COLLECTION, team, value, expected=record.version)
        except ConflictError:  # removed by another event, or installed again meanwhile
            return False
        return True

    async def record(self, team: str) -> Record | None:
        """As it is now; `token` is empty in one that was removed."""
        return await self._journal.get_record(COLLECTION, team) if team else None

    async def all(self) -> AsyncGenerator[Record, None]:
        """All of them, removed ones too."""
        async for record in every(self._journal):
            yield record

    def token_of(self, record: Record) -> str:
        """Raises `DecryptionError`."""
        return self._sealing.decrypt(record.value["token"])


async def every(journal: Journal) -> AsyncGenerator[Record, None]:
    """The records of all workspaces that ever installed the app."""
    after = ""
    while page := await journal.records(COLLECTION, after=after, limit=PAGE):
        for record in page:
            yield record
        after = page[-1].key


def account_of(team: str, value: Mapping[str, Any]) -> Account:
    """Who the app is there."""
    return Account(
        team=team,
        user=value["user"],
        bot=value["bot"],
        name=value["name"],
        team_name=value["team_name"],
        enterprise=value["enterprise"],
    )
