"""What Slack says happened, as values of the chat core: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, PersonKind, Place
from liteagent_slack.account import Account
from liteagent_slack.markup import as_plain, mentions, opens_with_other, without_opening

Json = Mapping[str, Any]
SPOKEN = frozenset({None, "bot_message", "file_share", "me_message", "thread_broadcast"})
"""Subtypes of what somebody says; of all others nobody speaks to anybody."""


def said_in(body: Json, account: Account) -> Said | None:
    """The message in an `event_callback`; None for every other event, and for what is no speech.

    The mention of the agent in a channel comes twice, as `app_mention` and as `message`, and is the
    same message both times.
    """
    event: Json = body.get("event") or {}
    if event.get("type") not in ("message", "app_mention"):
        return None
    return said(
        event,
        account,
        team=team_of(body, account),
        channel=event.get("channel") or "",
        shared=bool(body.get("is_ext_shared_channel")),
    )


def said(
    message: Json, account: Account, *, team: str, channel: str, shared: bool = False
) -> Said | None:
    """A message as events and the history have it; None where nobody speaks."""
    ts, author = message.get("ts"), author_of(message, account, team)
    if message.get("subtype") not in SPOKEN or not ts or not channel or author is None:
        return None
    text = message.get("text") or ""
    direct = is_direct(channel, message.get("channel_type"))
    own_thread = message.get("thread_ts") or ""
    thread = own_thread or ("" if direct else ts)
    return Said(
        id=f"{team}:{channel}:{ts}",
        order=ts,
        conversation=conversation(team, channel, thread),
        place=Place(team=team, channel=channel, thread=thread, direct=direct),
        source=Place(team=team, channel=channel, thread=own_thread, direct=direct),
        message_id=ts,
        person=author,
        text=as_plain(without_opening(text, account.user)),
        ts=float(ts),
        mentions_us=mentions(text, account.user),
        opens_with_other=opens_with_other(text, account.user),
        shared=shared,
        files=tuple(_files(message.get("files") or (), team)),
    )


def author_of(message: Json, account: Account, team: str) -> Person | None:
    """Who wrote a message."""
    user, bot = message.get("user") or "", message.get("bot_id") or ""
    if user == account.user or (bot and bot == account.bot):
        return Person(id=account.user, team=account.team, kind=PersonKind.SELF, complete=True)
    home = message.get("user_team") or message.get("source_team") or message.get("team") or team
    if bot or _is_by_an_app(message):
        profile: Json = message.get("bot_profile") or {}
        name = profile.get("name") or message.get("username") or ""
        return Person(id=user or bot, name=name, team=home, kind=PersonKind.BOT)
    return Person(id=user, team=home) if user else None


def conversation(team: str, channel: str, thread: str) -> str:
    """The key of a conversation; a direct message without a thread is one by itself."""
    return f"{team}:{channel}:{thread}" if thread else f"{team}:{channel}"


def team_of(body: Json, account: Account) -> str:
    """The workspace in which the app hears of it, whichever workspace it began in."""
    return team_in(body) or account.team


def team_in(body: Json) -> str:
    """The workspace whose installation an event, an interaction or a command is for; empty where
    it does not say.
    """
    for authorization in body.get("authorizations") or ():
        if authorization.get("team_id"):
            return str(authorization["team_id"])
    named = (
        body.get("context_team_id"),
        (body.get("view") or {}).get("app_installed_team_id"),
        (body.get("team") or {}).get("id"),
        body.get("team_id"),
    )
    return str(next(filter(None, named), ""))


def is_direct(channel: str, kind: Any = None) -> bool:
    """Whether a channel is a conversation of one person with the app."""
    return kind == "im" or (kind is None and channel.startswith("D"))


def _is_by_an_app(message: Json) -> bool:
    """Whether an app wrote with the token of a person, as loops of two bots begin."""
    return bool(message.get("app_id")) and not message.get("client_msg_id")


def _files(files: Iterable[Json], team: str) -> Iterable[FileIn]:
    for file in files:
        if file.get("mode") in ("tombstone", "hidden_by_limit"):
            continue
        external = file.get("is_external")
        yield FileIn(
            name=file.get("name") or file.get("title") or file.get("id") or "file",
            url="" if external else file.get("url_private_download") or file.get("url_private", ""),
            size=int(file.get("size") or 0),
            mime=file.get("mimetype") or "",
            team=team,
        )
