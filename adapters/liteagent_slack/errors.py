"""What Slack says when it refuses, as errors that say whether another try makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.chat.platform import MessageGoneError
from liteagent.chat.refused import PlatformRefusedError
from liteagent.kernel import SendError
from liteagent_slack.settings import API_URL, APP_TOKEN, BOT_TOKEN, INSTALL_PATH

REFUSED_TOKENS = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "invalid_token",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""Nobody but a person can mend these: another token is needed."""
INVALID_BLOCKS = "invalid_blocks"
UNKNOWN = "unknown_method"
"""What stands in for Slack knows less than Slack: what is no necessity is left out there."""
_PASSING = frozenset({"message_limit_exceeded", "ratelimited", "rate_limited"})
IN_DOUBT = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "timeout"}
)
"""Slack's own failures, after which part of what was asked for may have been done."""
TOKEN_RETRY_SECONDS = 60.0
DEFAULT_RETRY_SECONDS = 10.0

_SENTENCES = {
    "cannot_dm_bot": "Slack lets no app write to a bot.",
    "cant_update_message": "Slack lets the app edit its own messages only.",
    "channel_not_found": "Slack shows the app no such channel: it is gone, or private and the app"
    " has to be invited.",
    "channel_not_in_workspace": "The channel is not in the workspace of the app.",
    "edit_window_closed": "The workspace allows no edit of a message that old.",
    "expired_trigger_id": "It took too long to open the form: click again.",
    INVALID_BLOCKS: "Slack does not take the layout of the message.",
    "invalid_trigger_id": "It took too long to open the form: click again.",
    "is_archived": "The channel is archived.",
    "msg_blocks_too_long": "The message is longer than Slack allows.",
    "msg_too_long": "The message is longer than Slack allows.",
    "no_permission": "The app may not do this there.",
    "not_in_channel": "The app is not in the channel: type /invite and its name there.",
    "restricted_action": "The workspace's settings do not let the app write there.",
    "thread_not_found": "The thread is not there any more.",
    "trigger_exchanged": "The form was opened already.",
    "user_not_found": "Slack knows no such person.",
    "user_not_in_channel": "The person is not in the channel.",
}


_AGAIN = "install the app again under OAuth & Permissions, and set the token that it shows then"
_AT_THE_GATEWAY = f"install the app there again at {INSTALL_PATH} of the gateway"
_REMEDIES = {
    "": _AGAIN,
    BOT_TOKEN: _AGAIN,
    APP_TOKEN: "make another app-level token with connections:write under Basic Information, and"
    " set that one",
}


class SlackError(PlatformRefusedError[str]):
    """Slack refused a call; `code` is its word for why."""

    error_code = "SLACK_ERROR"


class TokenRefusedError(SlackError):
    """Slack takes the token for none: it was revoked, or never was one."""

    error_code = "SLACK_TOKEN_REFUSED"

    def __init__(self, code: str, variable: str) -> None:
        remedy = _REMEDIES.get(variable, _AT_THE_GATEWAY)
        super().__init__(
            f"Slack refuses the token in {variable} ({code}): {remedy}.",
            code,
            retry_after=TOKEN_RETRY_SECONDS,
        )


class NotInstalledError(SlackError):
    """The workspace has not the app, or has it no more."""

    error_code = "SLACK_NOT_INSTALLED"

    def __init__(self, team: str, name: str = "") -> None:
        where = f"Slack's workspace {name} ({team})" if name else f"Slack's workspace {team or '?'}"
        super().__init__(
            f"The app is not installed in {where}: somebody who may has to open {INSTALL_PATH} at"
            " the gateway.",
            "not_installed",
            permanent=True,
        )


class MissingScopeError(SlackError):
    """The token lacks a permission."""

    error_code = "SLACK_MISSING_SCOPE"

    def __init__(self, method: str, needed: str, variable: str = BOT_TOKEN) -> None:
        self.needed = needed
        lacks = f"lacks the scope {needed or 'that it needs'} for {method}"
        sentence = f"The app {lacks}: add it under OAuth & Permissions, then install the app again."
        if variable == APP_TOKEN:
            sentence = f"The token in {APP_TOKEN} {lacks}: {_REMEDIES[APP_TOKEN]}."
        super().__init__(sentence, "missing_scope", permanent=True)


def refusal(
    method: str,
    status: int,
    headers: Mapping[str, str],
    body: Mapping[str, Any],
    *,
    variable: str,
) -> SendError:
    """The error for an answer that is not `ok`; `variable` names where the token came from."""
    code = str(body.get("error") or f"http_{status}")
    if status == 429 or code in _PASSING:
        seconds = _seconds(headers.get("Retry-After"))
        return SlackError(
            f"Slack takes no more calls of {method} for {seconds:g} s.", code, retry_after=seconds
        )
    if status >= 500 or code in IN_DOUBT:
        return SlackError(f"Slack failed at {method} ({code}).", code, may_have_arrived=True)
    if code in REFUSED_TOKENS:
        return TokenRefusedError(code, variable)
    if code == "missing_scope":
        return MissingScopeError(method, str(body.get("needed") or ""), variable)
    if code == "message_not_found":
        return MessageGoneError()
    return SlackError(_sentence(method, code, body), code, permanent=True)


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or ""))
    except ValueError:
        return DEFAULT_RETRY_SECONDS


def _sentence(method: str, code: str, body: Mapping[str, Any]) -> str:
    known = _SENTENCES.get(code)
    details = (body.get("response_metadata") or {}).get("messages") or ()
    more = f": {'; '.join(map(str, details))}" if details else ""
    if code.startswith("http_") and "." in method:
        known = f"What answers {method} is not Slack: see what {API_URL} says."
    return f"{known or f'Slack refuses {method}.'} ({code}{more})"
