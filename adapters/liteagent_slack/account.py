"""Who the app is in its workspace."""

from __future__ import annotations

from dataclasses import dataclass

from liteagent_slack.web import SlackWeb


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The app as `auth.test` names it."""

    team: str
    user: str
    """The bot's user id, by which it is mentioned."""
    bot: str
    """The bot's id, which its messages carry."""
    name: str = ""
    team_name: str = ""
    enterprise: str | None = None


async def identify(web: SlackWeb) -> Account:
    """Raises `TokenRefusedError` and whatever else a call raises."""
    found = await web.ask("auth.test")
    return Account(
        team=found["team_id"],
        user=found["user_id"],
        bot=found.get("bot_id") or "",
        name=found.get("user") or found["user_id"],
        team_name=found.get("team") or found["team_id"],
        enterprise=found.get("enterprise_id"),
    )
