"""The Bolt app: the same for Socket Mode and for HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.chat.inbound import Clicked, Submitted
from liteagent.chat.places import Place
from liteagent.errors import LiteAgentException
from liteagent_slack.accounts import REMOVED, Accounts, Behind
from liteagent_slack.errors import NotInstalledError
from liteagent_slack.events import team_in
from liteagent_slack.feedback import ACTION as FEEDBACK
from liteagent_slack.interactions import PREFIX, clicked, handle_of, place_of, submitted
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.settings import INSTALL_PATH
from liteagent_slack.web import SlackWeb, quiet_logger

ANYTHING = re.compile(r".*", re.DOTALL)
PROMPTS = (
    ("What can you do?", "What can you do?"),
    ("Which approvals are open?", "!approvals"),
    ("Which commands are there?", "!help"),
)
NOT_INSTALLED = (
    "The app is not installed in this workspace: somebody who may has to open"
    f" {INSTALL_PATH} at the gateway."
)
NO_SHORTCUT = (
    "I take no shortcuts: mention me in a message, and I answer in its thread; `!help` there says"
    " what else I understand."
)
OUTDATED = "This is of an older version of the app and does nothing any more."
log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Ack = Callable[..., Awaitable[BoltResponse]]


def build_app(web: SlackWeb, accounts: Accounts) -> AsyncApp:
    """An app that acknowledges what is stored, and nothing else."""
    client = AsyncWebClient(
        base_url=web.settings.api_url,
        session=web.session,
        retry_handlers=[],
        logger=quiet_logger(),
    )
    app = AsyncApp(
        name=quiet_logger().name,  # Bolt silences the logger of this name as it is told to be
        logger=quiet_logger(),
        client=client,
        signing_secret=web.settings.signing_secret,
        authorize=_authorize_in(accounts),
        user_facing_authorize_error_message=NOT_INSTALLED,
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(_stores(accounts))
    app.error(_tell_the_log)
    _listen(app, accounts)
    return app


def _authorize_in(accounts: Accounts) -> Callable[..., Awaitable[Any]]:
    """Bolt's own way asks Slack at the first event, and acknowledges that event unheard when Slack
    does not answer.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        try:
            behind = await accounts.of(team_id or "")
        except NotInstalledError as error:
            log.info("Slack sent something that nobody may hear: %s", error)
            return None
        account = behind.platform.account
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or account.team,
            bot_token=behind.web.settings.bot_token,
            bot_id=account.bot,
            bot_user_id=account.user,
        )

    return authorize


def _stores(accounts: Accounts) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def store(
        body: Body, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        if (body.get("event") or {}).get("type") in REMOVED:
            await accounts.removed(body)
            return await next_()
        behind = await accounts.of(team_in(body))
        answer = await behind.intake.take(body)
        if answer is not None:
            return BoltResponse(status=200, body=answer)
        return await next_()

    return store


async def _tell_the_log(error: Exception) -> None:
    """Bolt answers 500, so that Slack sends it again."""
    log.warning(
        "What Slack sent was not stored, and is to come again: %s: %s", type(error).__name__, error
    )


def _listen(app: AsyncApp, accounts: Accounts) -> None:
    """Something for everything that can come: what nobody listens to is never acknowledged."""

    async def on_home(event: Body, body: Body) -> None:
        behind = await accounts.of(team_in(body))
        if event.get("tab", "home") == "home":
            await _quietly(behind.home.show(event["user"]), "the App Home")
        else:
            channel = {"channel_id": event.get("channel")}
            await _quietly(_suggest(behind.web, channel), "suggested prompts")

    async def on_assistant(event: Body, body: Body) -> None:
        behind = await accounts.of(team_in(body))
        await _quietly(_suggest(behind.web, event["assistant_thread"]), "suggested prompts")

    async def on_action(body: Body, action: Body, ack: Ack) -> None:
        await ack()
        behind = await accounts.of(team_in(body))
        if not _is_known(action):
            await _quietly(_tell(behind.platform, body, OUTDATED), "an old card")
        await _refresh_home(behind, clicked(body, behind.platform.account))

    async def on_form(body: Body, ack: Ack) -> None:
        await ack()
        behind = await accounts.of(team_in(body))
        await _refresh_home(behind, submitted(body, behind.platform.account))

    async def on_shortcut(body: Body, ack: Ack) -> None:
        await ack()
        behind = await accounts.of(team_in(body))
        await _quietly(_tell(behind.platform, body, NO_SHORTCUT), "a shortcut")

    async def acknowledge(ack: Ack) -> None:
        await ack()

    async def nothing() -> None:
        """What came is stored, or of no concern."""

    app.event("app_home_opened")(on_home)
    app.event("assistant_thread_started")(on_assistant)
    app.event(ANYTHING)(nothing)
    app.action(ANYTHING)(on_action)
    app.shortcut(ANYTHING)(on_shortcut)
    app.options(ANYTHING)(_no_options)
    app.view_submission(ANYTHING)(on_form)
    app.view_closed(ANYTHING)(acknowledge)
    app.command(ANYTHING)(acknowledge)


async def _no_options(ack: Ack) -> None:
    await ack(options=[])


def _is_known(action: Body) -> bool:
    value = action.get("value") or ""
    return value.startswith(PREFIX) or action.get("action_id") == FEEDBACK or "url" in action


async def _refresh_home(behind: Behind, item: Clicked | Submitted | None) -> None:
    """Where somebody decided in their Home, show them what waits then."""
    if item is not None and not item.place.channel:
        await _quietly(behind.home.show_after(item.person.id, item.id), "the App Home")


async def _suggest(web: SlackWeb, thread: Body) -> None:
    prompts = [{"title": title, "message": message} for title, message in PROMPTS]
    await web.call(
        "assistant.threads.setSuggestedPrompts",
        channel_id=thread["channel_id"],
        thread_ts=thread.get("thread_ts"),
        prompts=prompts,
    )


async def _tell(platform: SlackPlatform, body: Body, text: str) -> None:
    place: Place = place_of(body, platform.account)[0]
    user = (body.get("user") or {}).get("id") or ""
    await platform.tell(place, user, text, handle_of(body))


async def _quietly(work: Awaitable[object], what: str) -> None:
    """Do what is acknowledged already and may fail."""
    try:
        await work
    except LiteAgentException as error:
        log.warning("Nothing came of %s: %s", what, error)
