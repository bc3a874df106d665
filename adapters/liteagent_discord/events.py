"""What Discord says was said, as values of the chat core: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, PersonKind, Place
from liteagent_discord.account import Account
from liteagent_discord.markup import opens_with_other, without_opening

Json = Mapping[str, Any]
SPOKEN = frozenset({0, 19})
"""Types of what somebody says: a message, and a reply; nobody speaks by all others."""
STARTER = 21
"""The first message of a thread, which only points to the one that it was made from."""
THREADS = frozenset({10, 11, 12})
"""Types of channels that are threads."""
EPOCH = 1_420_070_400.0
_ORDER_DIGITS = 20


def said(message: Json, account: Account, source: Place) -> Said | None:
    """A message as events and the history have it; `source` is where it stands. None where nobody
    speaks.
    """
    if message.get("type", 0) not in SPOKEN or "author" not in message:
        return None
    id, content = str(message["id"]), text_of(message)
    place = answered_in(source, id)
    return Said(
        id=id,
        order=order_of(id),
        conversation=conversation_of(place),
        place=place,
        source=source,
        message_id=id,
        person=author_of(message, account, source.team),
        text=without_opening(content, account.user),
        ts=seconds_of(id),
        mentions_us=_mentions(message, content, account.user),
        opens_with_other=opens_with_other(content, account.user),
        files=tuple(_files(message.get("attachments") or ())),
    )


def place_of(channel: Json, guild: str) -> Place:
    """Where a channel of the API is."""
    if not guild:
        return Place(team="", channel=str(channel["id"]), direct=True)
    parent = str(channel.get("parent_id") or "") if channel.get("type") in THREADS else ""
    return Place(team=guild, channel=str(channel["id"]), parent=parent)


def answered_in(source: Place, message_id: str) -> Place:
    """Where a message is answered: where it stands, or in a thread that will have its id."""
    if source.direct or source.parent:
        return source
    return Place(team=source.team, channel=message_id, parent=source.channel)


def conversation_of(place: Place) -> str:
    """The key of a conversation: `guild:thread`, and of direct messages `@me:channel`, as Discord's
    own links have it.
    """
    return f"{'@me' if place.direct else place.team}:{place.channel}"


def author_of(message: Json, account: Account, guild: str) -> Person:
    """Who wrote a message."""
    author: Json = message["author"]
    id = str(author["id"])
    if id == account.user:
        return Person(id=id, team=guild, kind=PersonKind.SELF, name=account.name, complete=True)
    name = name_of(author, inside(message, "member"))
    is_bot = bool(author.get("bot") or message.get("webhook_id"))
    kind = PersonKind.BOT if is_bot else PersonKind.MEMBER
    return Person(id=id, name=name, team=guild, kind=kind)


def name_of(user: Json, member: Json) -> str:
    """What somebody is called there."""
    names = (member.get("nick"), user.get("global_name"), user.get("username"))
    return next(filter(None, names), "")


def text_of(message: Json) -> str:
    """What a message says; of one that was forwarded, what was."""
    forwarded = [inside(each, "message") for each in message.get("message_snapshots") or ()]
    texts: list[str] = [each.get("content") or "" for each in (message, *forwarded)]
    return "\n".join(filter(None, texts))


def inside(payload: Json, key: str) -> Json:
    """An object of another one; empty where there is none."""
    return payload.get(key) or {}


def order_of(id: str) -> str:
    """Ids are numbers that grow with time; as text they have to be of one length."""
    return id.zfill(_ORDER_DIGITS)


def id_of(order: str) -> int:
    """The inverse of `order_of`; 0 for an empty order."""
    return int(order or 0)


def seconds_of(id: str) -> float:
    """When something with this id was made, in seconds since 1970."""
    return (int(id) >> 22) / 1000 + EPOCH


def first_id(seconds: float) -> int:
    """The least id of what was made at this time or later."""
    return max(0, int((seconds - EPOCH) * 1000)) << 22


def _mentions(message: Json, content: str, user: str) -> bool:
    listed = message.get("mentions")
    if listed is None:
        return f"<@{user}>" in content or f"<@!{user}>" in content
    return any(str(each["id"]) == user for each in listed)


def _files(attachments: Iterable[Json]) -> Iterable[FileIn]:
    for each in attachments:
        yield FileIn(
            name=each.get("filename") or "file",
            url=each.get("url") or "",
            size=int(each.get("size") or 0),
            mime=each.get("content_type") or "",
        )
