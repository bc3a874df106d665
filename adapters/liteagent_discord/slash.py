"""The slash command `/agent`, registered when it changed: Discord counts how often that is done."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from liteagent.errors import LiteAgentException
from liteagent.journal import Journal
from liteagent_discord.account import Account
from liteagent_discord.errors import NO_ROUTES, DiscordError
from liteagent_discord.rest import Rest

COLLECTION = "discord-commands"
GUILD_INSTALL, IN_GUILDS, IN_DIRECT = 0, 0, 1
TEXT_OPTION, MOST_TEXT = 3, 4000
AGENT: dict[str, Any] = {
    "type": 1,
    "name": "agent",
    "description": "Ask the agent, or tell it: help, status, stop, approvals, agent NAME",
    "integration_types": [GUILD_INSTALL],
    "contexts": [IN_GUILDS, IN_DIRECT],
    "options": [
        {
            "type": TEXT_OPTION,
            "name": "text",
            "description": "What you want, or one of: help, status, stop, approvals, agent NAME",
            "required": False,
            "max_length": MOST_TEXT,
        }
    ],
}
log = logging.getLogger(__name__)


async def register(rest: Rest, account: Account, journal: Journal) -> None:
    """Register it unless it is known to be; other commands of the application stay as they are.
    Without it everything else works, so that a failure is only told.
    """
    digest = hashlib.sha256(json.dumps(AGENT, sort_keys=True).encode()).hexdigest()
    try:
        record = await journal.get_record(COLLECTION, account.application)
        if record is not None and record.value["digest"] == digest:
            return
        await _register(rest, account)
        await journal.put_record(COLLECTION, account.application, {"digest": digest})
    except LiteAgentException as error:
        log.warning("The command /agent could not be registered: %s", error)


async def _register(rest: Rest, account: Account) -> None:
    """By itself; where that has no route, as all commands that there are."""
    path = "/applications/{application_id}/commands"
    try:
        await rest.call("POST", path, body=AGENT, application_id=account.application)
    except DiscordError as error:
        if error.code not in NO_ROUTES:
            raise
        await rest.call("PUT", path, body=[AGENT], application_id=account.application)
