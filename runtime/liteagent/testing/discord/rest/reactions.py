"""Reactions to messages."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.errors import ARCHIVED_THREAD, ApiError, Json
from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.places import Thread
from liteagent.testing.discord.posting import react, unreact
from liteagent.testing.discord.rest.call import Call, Route, demand, visible
from liteagent.testing.discord.world import World


def put_reaction(world: World, call: Call) -> None:
    message = _message(world, call, "add_reactions", "read_message_history")
    react(world, message, world.bot, call.params["emoji"])


def delete_own_reaction(world: World, call: Call) -> None:
    unreact(world, _message(world, call), world.bot, call.params["emoji"])


def delete_reaction(world: World, call: Call) -> None:
    message = _message(world, call, "manage_messages")
    unreact(world, message, world.user(call.id("user_id")), call.params["emoji"])


def get_reactions(world: World, call: Call) -> list[Json]:
    ids = _message(world, call).reactions.get(call.params["emoji"], [])
    return [payloads.user(world.users[each]) for each in ids]


def _message(world: World, call: Call, *permissions: str) -> Message:
    channel = visible(world, call)
    demand(world, channel, *permissions)
    if isinstance(channel, Thread) and channel.archived and call.method != "GET":
        raise ApiError(ARCHIVED_THREAD)
    return world.message(channel.id, call.id("message_id"))


_EMOJI = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"

ROUTES = (
    Route("PUT", f"{_EMOJI}/@me", put_reaction),
    Route("DELETE", f"{_EMOJI}/@me", delete_own_reaction),
    Route("DELETE", f"{_EMOJI}/{{user_id}}", delete_reaction),
    Route("GET", _EMOJI, get_reactions),
)
