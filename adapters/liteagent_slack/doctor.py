"""Whether the tokens are good, and may do what is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from liteagent.chat.adapter import AdapterFinding
from liteagent.journal import Journal
from liteagent.kernel import SendError
from liteagent_slack.account import identify
from liteagent_slack.errors import IN_DOUBT, SlackError
from liteagent_slack.greeting import expect_greeting
from liteagent_slack.installed import installed
from liteagent_slack.settings import API_URL, SlackSettings, complaint_about
from liteagent_slack.web import SlackWeb, open_web

NEEDED = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "im:history",
    "users:read",
)
WISHED = {
    "assistant:write": "no status line says what the agent is doing",
    "channels:read": "mentions that came while LiteAgent was away are not looked for",
    "commands": "there is no /agent",
    "files:read": "files that people send cannot be read",
    "files:write": "long answers are not sent as files",
    "groups:history": "the agent does not hear private channels",
    "groups:read": "mentions in private channels are not looked for after it was away",
    "im:read": "a first direct message is not looked for after it was away",
    "reactions:write": "messages that wait are not marked",
    "usergroups:read": "rules that name slack_groups admit nobody",
    "users:read.email": "rules cannot name people by their address",
}
_MEND = "add it under OAuth & Permissions, then install the app again"


async def examine(
    environ: Mapping[str, str], journal: Journal | None = None
) -> AsyncIterator[AdapterFinding]:
    """Ask Slack about everything that the adapter relies on."""
    complaint = complaint_about(environ)
    if complaint:
        yield _wrong(complaint)
        return
    settings = SlackSettings.read(environ)
    async with open_web(settings) as web:
        if settings.bot_token:
            try:
                account = await identify(web)
            except SendError as error:
                yield _wrong(_with_remedy(error, web))
                return
            yield _ok(f"{account.name} in the workspace {account.team_name} ({account.team})")
            for finding in scope_findings(await web.scopes()):
                yield finding
        if settings.client_id:
            async for finding in installed(web, journal):
                yield finding
        yield await _socket(web)


def scope_findings(scopes: frozenset[str]) -> list[AdapterFinding]:
    """What the bot token lacks."""
    if not scopes - {""}:
        return [_note("Slack does not say which scopes the token has.")]
    lacking = [name for name in NEEDED if name not in scopes]
    findings = [_wrong(f"The token lacks the scope {name}: {_MEND}.") for name in lacking]
    for name, without in WISHED.items():
        if name not in scopes:
            findings.append(_note(f"Without the scope {name} {without}: {_MEND}."))
    return findings or [_ok("The token has every scope that is used.")]


async def _socket(web: SlackWeb) -> AdapterFinding:
    if not web.settings.app_token:
        return _note("Events come over HTTP to POST /slack/events of the gateway.")
    try:
        await expect_greeting(web)
    except SendError as error:
        return _wrong(f"Socket Mode cannot be used: {_with_remedy(error, web)}")
    return _ok("Socket Mode can be used.")


def _with_remedy(error: SendError, web: SlackWeb) -> str:
    """What it says, and what can be done where it is not about a token."""
    if isinstance(error, SlackError) and error.code == "unreachable":
        url = web.settings.api_url
        return f"{error} See that this machine reaches {url}, which {API_URL} can change."
    if isinstance(error, SlackError) and error.code in IN_DOUBT:
        return f"{error} See https://slack-status.com, and ask again."
    return str(error)


def _ok(text: str) -> AdapterFinding:
    return AdapterFinding(level="ok", text=text)


def _note(text: str) -> AdapterFinding:
    return AdapterFinding(level="note", text=text)


def _wrong(text: str) -> AdapterFinding:
    return AdapterFinding(level="wrong", text=text)
