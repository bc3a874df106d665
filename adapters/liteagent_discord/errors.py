"""What Discord says when it refuses, as errors that say whether another try makes sense."""

from __future__ import annotations

import aiohttp
import discord

from liteagent.chat.refused import PlatformRefusedError

UNKNOWN_CHANNEL, UNKNOWN_MEMBER, UNKNOWN_MESSAGE, UNKNOWN_USER = 10003, 10007, 10008, 10013
UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, ALREADY_ANSWERED = 10015, 10062, 40060
OLD_EDITS, MISSING_ACCESS, CANNOT_SEND_TO_USER = 30046, 50001, 50007
MISSING_PERMISSIONS, INVALID_WEBHOOK_TOKEN, ARCHIVED_THREAD = 50013, 50027, 50083
THREAD_EXISTS, UNREACHABLE, BROKEN = 160004, -1, -2
NO_ROUTES = frozenset({404, 405})
"""Of a route that is not there: of what is not there Discord has numbers of its own."""
TOKEN_RETRY_SECONDS = 60.0
DEFAULT_RETRY_SECONDS = 10.0
OLD_EDIT_SECONDS = 60.0

_SENTENCES = {
    UNKNOWN_CHANNEL: "The channel or thread is not there any more.",
    UNKNOWN_MESSAGE: "The message is not there any more.",
    UNKNOWN_INTERACTION: "It took too long to answer: click again.",
    MISSING_ACCESS: "The application does not see the channel: give its role View Channel there.",
    CANNOT_SEND_TO_USER: "The person takes no direct messages from the application.",
    MISSING_PERMISSIONS: "The application lacks a permission in the channel: give its role Send"
    " Messages, Send Messages in Threads, Create Public Threads, Embed Links, Attach Files, Add"
    " Reactions and Read Message History there.",
    ARCHIVED_THREAD: "The thread is archived and locked: a moderator has to open it.",
    160005: "The thread is locked: a moderator has to open it.",
    50024: "Discord has no threads in this kind of channel.",
}


class DiscordError(PlatformRefusedError[int]):
    """Discord refused a call; `code` is its number for why."""

    error_code = "DISCORD_ERROR"


class TokenRefusedError(DiscordError):
    """Discord takes the token for none: it was reset, or never was one."""

    error_code = "DISCORD_TOKEN_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "Discord refuses the token in DISCORD_TOKEN: reset it under Bot at"
            " https://discord.com/developers/applications and set the new one.",
            401,
            retry_after=TOKEN_RETRY_SECONDS,
        )


def translated(what: str, error: Exception, wait: float | None = None) -> DiscordError:
    """The error of a call that failed; `what` names the call. `wait`: so many seconds, said the
    body of the answer.
    """
    match error:
        case discord.RateLimited():
            return _limited(what, error.retry_after)
        case discord.HTTPException():
            return _refusal(what, error, wait)
        case aiohttp.ClientConnectorError():
            text = f"Discord cannot be reached for {what}: {error}."
            return DiscordError(text, UNREACHABLE)
        case _:
            text = f"The connection to Discord broke during {what}."
            return DiscordError(text, BROKEN, may_have_arrived=True)


def _refusal(what: str, error: discord.HTTPException, wait: float | None) -> DiscordError:
    code, status = error.code, error.status
    if code == OLD_EDITS:
        text = "Discord takes no more edits of messages older than an hour for a while."
        return DiscordError(text, code, retry_after=_seconds(error) or OLD_EDIT_SECONDS)
    if status == 429:
        return _limited(what, wait or _seconds(error) or DEFAULT_RETRY_SECONDS)
    if status >= 500:
        text = f"Discord failed at {what} ({status})."
        return DiscordError(text, code or status, may_have_arrived=True)
    if status == 401 and code != INVALID_WEBHOOK_TOKEN:
        return TokenRefusedError()
    if status == 403 and not code:
        # Cloudflare's, in front of Discord
        text = f"Discord lets nothing of this address through for {what}."
        return DiscordError(text, status, retry_after=TOKEN_RETRY_SECONDS)
    known = _SENTENCES.get(code) or f"Discord refuses {what}: {error.text}"
    return DiscordError(f"{known} ({code or status})", code or status, permanent=True)


def _limited(what: str, seconds: float) -> DiscordError:
    text = f"Discord takes no more calls of {what} for {seconds:g} s."
    return DiscordError(text, 429, retry_after=seconds)


def _seconds(error: discord.HTTPException) -> float | None:
    headers = getattr(error.response, "headers", {})
    try:
        return max(0.0, float(headers.get("Retry-After") or ""))
    except ValueError:
        return None
