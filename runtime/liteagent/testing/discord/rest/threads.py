"""Threads: opening them, who is in them, and those that are archived."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.checks import refuse, thread_problems
from liteagent.testing.discord.errors import ARCHIVED_THREAD, WRONG_CHANNEL_TYPE, ApiError, Json
from liteagent.testing.discord.opening import open_at_message
from liteagent.testing.discord.places import PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel, Thread
from liteagent.testing.discord.rest.call import Call, Route, demand, visible
from liteagent.testing.discord.threads import open_thread
from liteagent.testing.discord.world import World


def post_thread_from_message(world: World, call: Call) -> Json:
    parent = visible(world, call)
    message = world.message(parent.id, call.id("message_id"))
    _check(world, parent, call.json, PUBLIC_THREAD)
    name, minutes = call.json["name"], _minutes(call.json)
    thread = open_at_message(world, parent, message, name, world.bot, minutes=minutes)
    return payloads.thread(world, thread)


def post_thread(world: World, call: Call) -> Json:
    """Without a message; private unless the type says otherwise."""
    parent, kind = visible(world, call), call.json.get("type", PRIVATE_THREAD)
    _check(world, parent, call.json, kind)
    name, minutes = call.json["name"], _minutes(call.json)
    thread = open_thread(world, parent, name, world.bot, type=kind, auto_archive_minutes=minutes)
    return payloads.thread(world, thread)


def _check(world: World, parent: Channel, body: Json, kind: int) -> None:
    if parent.type != TEXT:
        raise ApiError(WRONG_CHANNEL_TYPE)
    demand(world, parent, f"create_{'private' if kind == PRIVATE_THREAD else 'public'}_threads")
    refuse(thread_problems(body, new=True))


def _minutes(body: Json) -> int:
    return body.get("auto_archive_duration") or 1440


def put_member(world: World, call: Call) -> None:
    thread = _open_thread(world, call)
    thread.member_ids.add(_member(world, call))


def delete_member(world: World, call: Call) -> None:
    thread = _open_thread(world, call)
    thread.member_ids.discard(_member(world, call))


def get_members(world: World, call: Call) -> list[Json]:
    thread = world.thread(visible(world, call).id)
    return [payloads.thread_member(thread, each) for each in sorted(thread.member_ids)]


def get_archived(world: World, call: Call) -> Json:
    channel = visible(world, call)
    kind = PRIVATE_THREAD if call.path.endswith("private") else PUBLIC_THREAD
    found = sorted(
        (
            each
            for each in world.threads_of(channel.guild_id or 0)
            if each.parent_id == channel.id and each.archived and each.type == kind
        ),
        key=lambda each: each.archived_at,
        reverse=True,
    )
    limit = int(call.query.get("limit", 50))
    joined = (one for one in found[:limit] if world.bot.id in one.member_ids)
    return {
        "threads": [payloads.thread(world, one) for one in found[:limit]],
        "members": [payloads.thread_member(one, world.bot.id) for one in joined],
        "has_more": len(found) > limit,
    }


def _open_thread(world: World, call: Call) -> Thread:
    thread = world.thread(visible(world, call).id)
    if thread.archived:
        raise ApiError(ARCHIVED_THREAD)
    return thread


def _member(world: World, call: Call) -> int:
    return world.bot.id if call.path.endswith("@me") else world.user(call.id("user_id")).id


_MEMBERS = "/channels/{channel_id}/thread-members"

ROUTES = (
    Route(
        "POST",
        "/channels/{channel_id}/messages/{message_id}/threads",
        post_thread_from_message,
        status=201,
    ),
    Route("POST", "/channels/{channel_id}/threads", post_thread, status=201),
    Route("GET", _MEMBERS, get_members),
    Route("PUT", f"{_MEMBERS}/@me", put_member),
    Route("DELETE", f"{_MEMBERS}/@me", delete_member),
    Route("PUT", f"{_MEMBERS}/{{user_id}}", put_member),
    Route("DELETE", f"{_MEMBERS}/{{user_id}}", delete_member),
    Route("GET", "/channels/{channel_id}/threads/archived/public", get_archived),
    Route("GET", "/channels/{channel_id}/threads/archived/private", get_archived),
)
