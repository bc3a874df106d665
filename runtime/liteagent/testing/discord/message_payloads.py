"""Messages and interactions in the JSON of Discord's API."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.messages import Attachment, Message
from liteagent.testing.discord.permissions import EVERYDAY, bits
from liteagent.testing.discord.places import Thread
from liteagent.testing.discord.world import World

ATTACHMENT_LIMIT = 10 * 1024 * 1024
"""Bytes that one attachment may have."""


def message(world: World, one: Message, *, resolve: bool = True) -> Json:
    """A message as REST shows it."""
    payload: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel_id),
        "type": one.type,
        "author": payloads.user(one.author),
        "content": one.content,
        "timestamp": payloads.time(one.created),
        "edited_timestamp": None if one.edited is None else payloads.time(one.edited),
        "tts": False,
        "pinned": False,
        "flags": one.flags,
        "embeds": [{"type": "rich", **embed} for embed in one.embeds],
        "components": one.components,
        "attachments": [attachment(each) for each in one.attachments],
        "mentions": [payloads.user(world.users[each]) for each in one.mentions],
        "mention_roles": [str(each) for each in one.mentioned_roles],
        "mention_everyone": one.mentions_everyone,
    }
    return {**payload, **_what_it_has(world, one, resolve)}


def _what_it_has(world: World, one: Message, resolve: bool) -> Json:
    """The keys that are there only when they say something."""
    more: Json = {}
    if one.reactions:
        more["reactions"] = [_reaction(world, each, ids) for each, ids in one.reactions.items()]
    if one.nonce is not None:
        more["nonce"] = one.nonce
    if one.reference is not None:
        more["message_reference"] = _reference(one)
        if resolve:
            more["referenced_message"] = _referenced(world, one)
    thread = world.channels.get(one.id)
    if isinstance(thread, Thread):
        more["thread"] = payloads.thread(world, thread)
    if one.interaction_id is not None and one.interaction_user is not None:
        more["application_id"] = str(world.application_id)
        more["webhook_id"] = str(world.application_id)
        more["interaction_metadata"] = {
            "id": str(one.interaction_id),
            "type": 2,
            "user": payloads.user(one.interaction_user),
            "authorizing_integration_owners": {},
        }
    return more


def _reference(one: Message) -> Json:
    reference = one.reference
    assert reference is not None
    payload: Json = {
        "type": 0,
        "message_id": str(reference.message_id),
        "channel_id": str(reference.channel_id),
    }
    if reference.guild_id is not None:
        payload["guild_id"] = str(reference.guild_id)
    return payload


def _referenced(world: World, one: Message) -> Json | None:
    assert one.reference is not None
    channel = world.channels.get(one.reference.channel_id)
    found = None if channel is None else channel.messages.get(one.reference.message_id)
    return None if found is None else message(world, found, resolve=False)


def _reaction(world: World, name: str, ids: list[int]) -> Json:
    return {
        "emoji": emoji(name),
        "count": len(ids),
        "count_details": {"normal": len(ids), "burst": 0},
        "me": world.bot.id in ids,
        "me_burst": False,
        "burst_colors": [],
    }


def emoji(name: str) -> Json:
    label, _, number = name.partition(":")
    return {"id": number or None, "name": label}


def attachment(one: Attachment) -> Json:
    payload: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": len(one.content),
        "url": one.url,
        "proxy_url": one.url,
        "content_type": one.content_type,
    }
    return payload if one.description is None else {**payload, "description": one.description}


def message_event(world: World, one: Message) -> Json:
    """A message as the gateway shows it: with the guild, and members beside the users."""
    payload = message(world, one)
    if one.guild_id is None:
        return payload
    members = world.guilds[one.guild_id].members
    payload["guild_id"] = str(one.guild_id)
    if one.author.id in members:
        payload["member"] = payloads.bare_member(members[one.author.id])
    for each in payload["mentions"]:
        if int(each["id"]) in members:
            each["member"] = payloads.bare_member(members[int(each["id"])])
    return payload


def interaction(world: World, one: Interaction) -> Json:
    """INTERACTION_CREATE, with the roles that the member has now."""
    channel = one.channel
    payload: Json = {
        "id": str(one.id),
        "application_id": str(world.application_id),
        "type": one.type,
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel": payloads.channel(world, channel),
        "channel_id": str(channel.id),
        "app_permissions": str(bits(world.bot_may(channel))),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "context": 1 if channel.guild_id is None else 0,
    }
    if one.message is not None:
        payload["message"] = message(world, one.message)
    return {**payload, **_who(world, one)}


def _who(world: World, one: Interaction) -> Json:
    if one.channel.guild_id is None:
        return {"user": payloads.user(one.user)}
    guild = world.guilds[one.channel.guild_id]
    member = payloads.member(guild.members[one.user.id])
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "features": [], "locale": "en-US"},
        "guild_locale": "en-US",
        "member": {**member, "permissions": str(bits(EVERYDAY))},
    }
