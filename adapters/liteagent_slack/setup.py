"""Puts the parts of the adapter together, for the process that serves and for gateways."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from liteagent.agents import ApprovalInbox
from liteagent.chat.adapter import AdapterParts
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.decisions import Decisions
from liteagent.chat.inbound import Inbound
from liteagent.chat.people import People
from liteagent.security.encryption import EncryptionService
from liteagent_slack.accounts import Accounts, Behind, SeveralAccounts
from liteagent_slack.feedback import Feedback
from liteagent_slack.home import Home
from liteagent_slack.installations import Installations
from liteagent_slack.intake import Intake
from liteagent_slack.platform import CLAIM, SlackPlatform
from liteagent_slack.settings import ENCRYPTION_KEY, NAME, SlackSettings
from liteagent_slack.web import SlackWeb
from liteagent_slack.workspaces import Workspaces

Receive = Callable[[Inbound], Awaitable[object]]


async def stand_behind(platform: SlackPlatform, parts: AdapterParts, receive: Receive) -> Behind:
    """What an app hands its requests to, those of one workspace."""
    journal = parts.runtime.journal
    decisions = Decisions(
        ApprovalInbox(parts.runtime),
        platform,
        People(NAME, CLAIM, parts.settings),
        await Buttons.open(journal, NAME),
        find_tool=parts.find_tool,
        clock=parts.clock,
    )
    intake = Intake(platform.account, receive, decisions, Feedback(journal, parts.clock))
    home = Home(platform.web, platform.account, decisions, journal, parts.clock)
    return Behind(platform=platform, intake=intake, home=home)


def installations_of(settings: SlackSettings, parts: AdapterParts) -> Installations:
    """Raises `ConfigurationError` for a key that is none."""
    sealing = EncryptionService.of(settings.encryption_key, ENCRYPTION_KEY)
    return Installations(parts.runtime.journal, sealing, parts.clock)


def workspaces_of(web: SlackWeb, parts: AdapterParts, own: SlackPlatform | None) -> Workspaces:
    """Every workspace that installs the app, and the bot token's."""
    return Workspaces(web, installations_of(web.settings, parts), parts.clock, own)


def accounts_of(workspaces: Workspaces, parts: AdapterParts, receive: Receive) -> Accounts:
    """What an app hands its requests to, by workspace."""

    async def behind(platform: SlackPlatform) -> Behind:
        return await stand_behind(platform, parts, receive)

    return SeveralAccounts(workspaces, behind)
