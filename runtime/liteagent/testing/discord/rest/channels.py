"""Channels, and threads as channels."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.checks import refuse, thread_problems
from liteagent.testing.discord.errors import MISSING_PERMISSIONS, ApiError, Json
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.posting import send
from liteagent.testing.discord.rest.call import Call, Route, demand, visible
from liteagent.testing.discord.threads import remove_thread, update_thread
from liteagent.testing.discord.world import Typing, World


def get_channel(world: World, call: Call) -> Json:
    return payloads.channel(world, visible(world, call))


def patch_channel(world: World, call: Call) -> Json:
    channel = visible(world, call)
    if isinstance(channel, Thread):
        _patch_thread(world, channel, call.json)
    else:
        _patch_text(world, channel, call.json)
    return payloads.channel(world, channel)


def _patch_thread(world: World, thread: Thread, body: Json) -> None:
    refuse(thread_problems(body, new=False))
    manages = "manage_threads" in world.bot_may(thread)
    owns = thread.owner_id == world.bot.id and "locked" not in body and not thread.locked
    if not manages and not owns:
        raise ApiError(MISSING_PERMISSIONS)
    update_thread(world, thread, body)


def _patch_text(world: World, channel: Channel, body: Json) -> None:
    demand(world, channel, "manage_channels")
    refuse(thread_problems(body, new=False))
    channel.name = body.get("name", channel.name)
    channel.topic = body.get("topic", channel.topic)
    send(world, "CHANNEL_UPDATE", channel, payloads.channel(world, channel))


def delete_channel(world: World, call: Call) -> Json:
    thread = world.thread(visible(world, call).id)
    demand(world, thread, "manage_threads")
    payload = payloads.thread(world, thread)
    remove_thread(world, thread)
    return payload


def post_typing(world: World, call: Call) -> None:
    channel = visible(world, call)
    world.typing.append(Typing(channel_id=channel.id, user_id=world.bot.id, at=world.clock.now()))


ROUTES = (
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("PATCH", "/channels/{channel_id}", patch_channel),
    Route("DELETE", "/channels/{channel_id}", delete_channel),
    Route("POST", "/channels/{channel_id}/typing", post_typing),
)
