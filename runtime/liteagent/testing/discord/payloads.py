"""What is there in the JSON of Discord's API: ids as strings, times as ISO 8601, and keys that
have nothing to say left out where Discord leaves them out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.people import Guild, Member, Role, User
from liteagent.testing.discord.permissions import EVERYDAY, bits
from liteagent.testing.discord.places import DM, Channel, Thread
from liteagent.testing.discord.world import World


def time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(one: User) -> Json:
    return {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0",
        "global_name": one.name,
        "avatar": None,
        "bot": one.bot,
    }


def bare_member(one: Member) -> Json:
    """A member as messages carry it: without its user."""
    return {
        "roles": [str(role) for role in sorted(one.roles)],
        "joined_at": time(one.joined_at),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def member(one: Member) -> Json:
    return {**bare_member(one), "user": user(one.user)}


def role(one: Role, position: int) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "color": 0,
        "hoist": False,
        "icon": None,
        "position": position,
        "permissions": str(one.permissions),
        "managed": False,
        "mentionable": True,
        "flags": 0,
    }


def roles(guild_: Guild) -> list[Json]:
    return [role(one, place) for place, one in enumerate(guild_.roles.values())]


def channel(world: World, one: Channel) -> Json:
    if isinstance(one, Thread):
        return thread(world, one)
    if one.type == DM:
        assert one.recipient is not None, "a direct message has somebody at its other end"
        return {
            "id": str(one.id),
            "type": DM,
            "recipients": [user(one.recipient)],
            "last_message_id": _id(one.last_message_id),
            "flags": 0,
        }
    denied = bits(EVERYDAY) & ~bits(one.bot_may)
    overwrite = {"id": str(world.bot.id), "type": 1}
    return {
        "id": str(one.id),
        "type": one.type,
        "guild_id": str(one.guild_id),
        "name": one.name,
        "topic": one.topic,
        "position": 0,
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": _id(one.last_message_id),
        "flags": 0,
        "permission_overwrites": [
            {**overwrite, "allow": str(bits(one.bot_may)), "deny": str(denied)}
        ],
    }


def thread(world: World, one: Thread) -> Json:
    payload = {
        "id": str(one.id),
        "type": one.type,
        "guild_id": str(one.guild_id),
        "parent_id": str(one.parent_id),
        "owner_id": str(one.owner_id),
        "name": one.name,
        "last_message_id": _id(one.last_message_id),
        "rate_limit_per_user": 0,
        "message_count": len(one.written),
        "member_count": len(one.member_ids),
        "total_message_sent": one.sent,
        "flags": 0,
        "thread_metadata": {
            "archived": one.archived,
            "locked": one.locked,
            "auto_archive_duration": one.auto_archive_minutes,
            "archive_timestamp": time(one.archived_at),
            "create_timestamp": time(one.created_at),
        },
    }
    if world.bot.id in one.member_ids:
        payload["member"] = thread_member(one, world.bot.id)
    return payload


def thread_member(one: Thread, user_id: int) -> Json:
    return {
        "id": str(one.id),
        "user_id": str(user_id),
        "join_timestamp": time(one.created_at),
        "flags": 0,
    }


def guild(one: Guild) -> Json:
    """A guild as REST shows it: without its channels and members."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "owner_id": str(one.owner_id),
        "roles": roles(one),
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "afk_timeout": 300,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
    }


def whole_guild(world: World, one: Guild, *, everybody: bool = False) -> Json:
    """A guild as GUILD_CREATE shows it to the bot; of the members itself alone, or `everybody`."""
    members = one.members.values() if everybody else [one.members[world.bot.id]]
    threads = [each for each in world.threads_of(one.id) if not each.archived]
    return {
        **guild(one),
        "joined_at": time(one.members[world.bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(each) for each in members],
        "channels": [
            channel(world, each)
            for each in world.channels_of(one.id)
            if "view_channel" in each.bot_may
        ],
        "threads": [
            thread(world, each) for each in threads if "view_channel" in world.bot_may(each)
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> Json:
    limited = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
    allowed = (bit for name, bit in limited.items() if name in world.allowed_intents)
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "description": "",
        "icon": None,
        "bot_public": world.is_public,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": sum(allowed),
        "bot": user(world.bot),
        "owner": user(world.owner),
        "redirect_uris": [],
    }


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
