"""Which events a session asked for, and whose text it may read."""

from __future__ import annotations

from types import MappingProxyType

from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.world import Dispatch, World

GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DM_MESSAGES, DM_REACTIONS, DM_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT = 1 << 15

PRIVILEGED = MappingProxyType(
    {"members": MEMBERS, "presences": PRESENCES, "message_content": MESSAGE_CONTENT}
)
ALL = (1 << 26) - 1

_BY_START = MappingProxyType(
    {
        "MESSAGE_REACTION": (GUILD_REACTIONS, DM_REACTIONS),
        "MESSAGE_": (GUILD_MESSAGES, DM_MESSAGES),
        "TYPING_": (GUILD_TYPING, DM_TYPING),
        "GUILD_MEMBER_": (MEMBERS, 0),
        "GUILD_": (GUILDS, 0),
        "CHANNEL_": (GUILDS, 0),
        "THREAD_": (GUILDS, 0),
    }
)


def wants(intents: int, event: Dispatch) -> bool:
    """Whether a session with these intents is told of the event."""
    for start, (in_guild, in_dm) in _BY_START.items():
        if event.name.startswith(start):
            return bool(intents & (in_dm if event.guild_id is None else in_guild))
    return True


def readable(world: World, intents: int, event: Dispatch) -> Json:
    """The event's data, with a message's contents blanked if the session may not read them:
    without the intent those are direct messages, the bot's own, and those that mention it.
    """
    message = event.message
    if message is None or intents & MESSAGE_CONTENT or message.guild_id is None:
        return event.data
    if message.author == world.bot or world.bot.id in message.mentions:
        return event.data
    shown = _blank(event.data)
    if shown.get("referenced_message"):
        shown["referenced_message"] = _blank(shown["referenced_message"])
    return shown


def _blank(message: Json) -> Json:
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}


def not_allowed(world: World, intents: int) -> bool:
    """Whether a privileged intent is asked for that the application has not switched on."""
    names = (name for name, bit in PRIVILEGED.items() if intents & bit)
    return not world.allowed_intents.issuperset(names)
