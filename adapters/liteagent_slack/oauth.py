"""`GET /slack/install` and where Slack leads back from it: how a workspace gets the app."""

from __future__ import annotations

import html
import logging
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from slack_sdk.oauth import AuthorizeUrlGenerator, OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation

from liteagent.chat.adapter import AdapterParts
from liteagent.errors import LiteAgentException
from liteagent_slack.account import Account, identify
from liteagent_slack.doctor import NEEDED, WISHED
from liteagent_slack.installations import Installations
from liteagent_slack.settings import INSTALL_PATH, SlackSettings
from liteagent_slack.states import SECONDS, States
from liteagent_slack.web import SlackWeb, open_web

SCOPES = tuple(sorted({*NEEDED, *WISHED}))
"""Those of the manifest."""
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font: 1.1rem/1.5 system-ui; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
<h1>{title}</h1>{paragraphs}</body></html>
"""
log = logging.getLogger(__name__)


class Installing:
    """Leads whoever installs the app to Slack, and takes what they come back with."""

    def __init__(
        self, settings: SlackSettings, installations: Installations, parts: AdapterParts
    ) -> None:
        self._settings, self._installations = settings, installations
        self._states = States(parts.runtime.journal, settings.client_secret, parts.clock)
        self._cookies = OAuthStateUtils(expiration_seconds=SECONDS)
        self._addresses = AuthorizeUrlGenerator(
            client_id=settings.client_id,
            scopes=SCOPES,
            authorization_url=urljoin(settings.api_url, "/oauth/v2/authorize"),
        )

    async def begin(self) -> RedirectResponse:
        """To Slack's page, with a state that only this browser can bring back, and once."""
        state = await self._states.async_issue()
        answer = RedirectResponse(self._addresses.generate(state), status_code=302)
        answer.headers["Set-Cookie"] = self._cookies.build_set_cookie_for_new_state(state)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def finish(self, request: Request) -> HTMLResponse:
        """Store the installation, or say in a sentence why there is none."""
        asked = request.query_params
        state, code, error = (asked.get(name, "") for name in ("state", "code", "error"))
        if error:
            return _nothing(f"Slack installed nothing ({error}).", 400)
        if not self._cookies.is_valid_browser(state, dict(request.headers)):
            return _nothing("This browser did not begin the installation.", 400)
        try:
            if not await self._states.async_consume(state):
                return _nothing("The installation was begun too long ago, or used already.", 400)
            return await self._install(code)
        except LiteAgentException as trouble:
            log.warning("A workspace could not install the app: %s", trouble)
            return _nothing(str(trouble), 502)

    async def _install(self, code: str) -> HTMLResponse:
        async with open_web(replace(self._settings, bot_token="")) as web:
            given = await web.redeem(code)
            if complaint := _complaint_about(given):
                return _nothing(complaint, 400)
            token = given["access_token"]
            bot = SlackWeb(replace(self._settings, bot_token=token), web.session)
            account = await identify(bot)
        await self._installations.async_save(_installation(given, account))
        log.info("Slack's workspace %s (%s) installed the app.", account.team_name, account.team)
        answer = _installed(account)
        answer.headers["Set-Cookie"] = self._cookies.build_set_cookie_for_deletion()
        return answer


def _complaint_about(given: dict[str, Any]) -> str:
    """What keeps an installation from being served; empty when nothing does."""
    if given.get("is_enterprise_install") or not given.get("team"):
        return "Install the app in a workspace, not in a whole organisation."
    if given.get("refresh_token"):
        return "The app's tokens expire: switch token rotation off under OAuth & Permissions."
    return ""


def _installation(given: dict[str, Any], account: Account) -> Installation:
    return Installation(
        app_id=given.get("app_id"),
        enterprise_id=(given.get("enterprise") or {}).get("id"),
        team_id=account.team,
        team_name=account.team_name,
        bot_token=given["access_token"],
        bot_id=account.bot,
        bot_user_id=account.user,
        bot_scopes=given.get("scope") or "",
        user_id=(given.get("authed_user") or {}).get("id") or "",
        custom_values={"name": account.name},
    )


def _installed(account: Account) -> HTMLResponse:
    name = f"@{account.name}" if account.name else "the app"
    return _page(
        f"Installed in {account.team_name}",
        (
            f"LiteAgent serves the workspace {account.team_name} ({account.team}) as {name}.",
            f"In a channel, type /invite {name}, then mention it with a question; or write to it"
            " directly.",
        ),
        200,
    )


def _nothing(why: str, status: int) -> HTMLResponse:
    return _page("Nothing was installed", (why, f"To try again, open {INSTALL_PATH}."), status)


def _page(title: str, lines: tuple[str, ...], status: int) -> HTMLResponse:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    page = _PAGE.format(title=html.escape(title), paragraphs=paragraphs)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(page, status_code=status, headers=headers)
