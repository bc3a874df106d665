"""What `liteagent doctor` says of the workspaces that installed the app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from liteagent.chat.adapter import AdapterFinding
from liteagent.errors import ConfigurationError, DecryptionError
from liteagent.journal import Journal, Record
from liteagent.kernel import SendError
from liteagent.security.encryption import EncryptionService
from liteagent_slack.account import identify
from liteagent_slack.installations import every
from liteagent_slack.settings import ENCRYPTION_KEY, INSTALL_PATH
from liteagent_slack.web import SlackWeb


async def installed(web: SlackWeb, journal: Journal | None) -> AsyncIterator[AdapterFinding]:
    """Whether the token of each is still good."""
    try:
        sealing = EncryptionService.of(web.settings.encryption_key, ENCRYPTION_KEY)
    except ConfigurationError as error:
        yield AdapterFinding(level="wrong", text=str(error))
        return
    none = True
    if journal is not None:
        async for record in every(journal):
            none = False
            yield await _checked(web, record, sealing)
    if none:
        text = f"No workspace has installed the app: open {INSTALL_PATH} at the gateway."
        yield AdapterFinding(level="note", text=text)


async def _checked(web: SlackWeb, record: Record, sealing: EncryptionService) -> AdapterFinding:
    name = f"{record.value['team_name']} ({record.key})"
    if not record.value["token"]:
        text = f"The workspace {name} has {record.value['removed']}: nothing is served there."
        return AdapterFinding(level="note", text=text)
    try:
        token = sealing.decrypt(record.value["token"])
        settings = replace(web.settings, bot_token=token)
        account = await identify(
            SlackWeb(settings, web.session, holder=f"the installation in {name}")
        )
    except (DecryptionError, SendError) as error:
        return AdapterFinding(level="wrong", text=f"The workspace {name}: {error}")
    return AdapterFinding(level="ok", text=f"{account.name} in the workspace {name}")
