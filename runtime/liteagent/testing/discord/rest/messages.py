"""Messages of the bot, and the history of channels."""

from __future__ import annotations

from liteagent.testing.discord.checks.forms import Problem, refuse
from liteagent.testing.discord.errors import (
    ARCHIVED_THREAD,
    TOO_MANY_OLD_EDITS,
    WRONG_AUTHOR,
    ApiError,
    Json,
)
from liteagent.testing.discord.message_payloads import message as payload
from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.posting import post, remove
from liteagent.testing.discord.rest.call import Call, Route, demand, visible
from liteagent.testing.discord.world import World
from liteagent.testing.discord.writing import draft, rewrite


def post_message(world: World, call: Call) -> Json:
    """A nonce that is to be enforced answers with the message it was first used for."""
    channel = visible(world, call)
    thread = isinstance(channel, Thread)
    demand(world, channel, "send_messages_in_threads" if thread else "send_messages")
    if call.files:
        demand(world, channel, "attach_files")
    if call.json.get("embeds"):
        demand(world, channel, "embed_links")
    wanted = draft(world, channel, call.json, call.files)
    if call.json.get("enforce_nonce") and wanted.nonce is not None:
        first = _first_with(world, wanted.nonce)
        if first is not None:
            return payload(world, first)
    return payload(world, post(world, channel, world.bot, wanted))


def _first_with(world: World, nonce: str | int) -> Message | None:
    since = world.clock.now() - world.nonce_seconds
    everything = (each for one in world.channels.values() for each in one.messages.values())
    return next(
        (
            each
            for each in everything
            if each.author == world.bot and str(each.nonce) == str(nonce) and each.created >= since
        ),
        None,
    )


def get_messages(world: World, call: Call) -> list[Json]:
    """The newest first; `limit` 1 to 100, 50 when not given."""
    channel = visible(world, call)
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        problem = "int value should be between 1 and 100."
        refuse([Problem(("limit",), "NUMBER_TYPE_MAX", problem)])
    if channel.guild_id is not None and "read_message_history" not in world.bot_may(channel):
        return []
    chosen = _chosen(sorted(channel.messages), call, limit)
    return [payload(world, channel.messages[each]) for each in reversed(chosen)]


def _chosen(ids: list[int], call: Call, limit: int) -> list[int]:
    """Of the ids, oldest first, those that the query asks for."""
    if "around" in call.query:
        middle, half = int(call.query["around"]), limit // 2
        before = [each for each in ids if each < middle][-half:] if half else []
        return before + [each for each in ids if each >= middle][: limit - len(before)]
    if "after" in call.query:
        return [each for each in ids if each > int(call.query["after"])][:limit]
    if "before" in call.query:
        ids = [each for each in ids if each < int(call.query["before"])]
    return ids[-limit:]


def get_message(world: World, call: Call) -> Json:
    channel = visible(world, call)
    demand(world, channel, "read_message_history")
    return payload(world, world.message(channel.id, call.id("message_id")))


def patch_message(world: World, call: Call) -> Json:
    message = _in_open_thread(world, visible(world, call), call)
    if message.author != world.bot:
        raise ApiError(WRONG_AUTHOR)
    _count_old_edit(world, message)
    rewrite(world, message, call.json, call.files)
    return payload(world, message)


def _count_old_edit(world: World, message: Message) -> None:
    now = world.clock.now()
    if now - message.created <= world.old_edits.age:
        return
    wait = world.old_edits.take(message.channel_id, now)
    if wait is not None:
        raise ApiError(TOO_MANY_OLD_EDITS, retry_after=wait)


def delete_message(world: World, call: Call) -> None:
    channel = visible(world, call)
    message = _in_open_thread(world, channel, call)
    if message.author != world.bot:
        demand(world, channel, "manage_messages")
    remove(world, message)


def _in_open_thread(world: World, channel: Channel, call: Call) -> Message:
    message = world.message(channel.id, call.id("message_id"))
    if isinstance(channel, Thread) and channel.archived:
        raise ApiError(ARCHIVED_THREAD)
    return message


_ALL = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"

ROUTES = (
    Route("POST", _ALL, post_message),
    Route("GET", _ALL, get_messages),
    Route("GET", _ONE, get_message),
    Route("PATCH", _ONE, patch_message),
    Route("DELETE", _ONE, delete_message),
)
