"""Puts the parts of the adapter together, for the process that serves and for gateways."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from liteagent.agents import ApprovalInbox
from liteagent.chat.adapter import AdapterParts
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.decisions import Decisions
from liteagent.chat.inbound import Inbound
from liteagent.chat.people import People
from liteagent_slack.app import Behind
from liteagent_slack.feedback import Feedback
from liteagent_slack.home import Home
from liteagent_slack.intake import Intake
from liteagent_slack.platform import CLAIM, SlackPlatform
from liteagent_slack.settings import NAME
from liteagent_slack.web import SlackWeb


async def stand_behind(
    web: SlackWeb,
    platform: SlackPlatform,
    parts: AdapterParts,
    receive: Callable[[Inbound], Awaitable[object]],
) -> Behind:
    """What an app hands its requests to."""
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
    home = Home(web, platform.account, decisions, journal, parts.clock)
    return Behind(web=web, platform=platform, intake=intake, home=home)
