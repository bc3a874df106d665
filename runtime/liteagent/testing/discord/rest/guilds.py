"""Guilds, their members, roles and channels."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.world import World


def get_guild(world: World, call: Call) -> Json:
    return payloads.guild(world.guild(call.id("guild_id")))


def get_member(world: World, call: Call) -> Json:
    return payloads.member(world.member(call.id("guild_id"), call.id("user_id")))


def get_members(world: World, call: Call) -> list[Json]:
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    members = sorted(world.guild(call.id("guild_id")).members.items())
    return [payloads.member(one) for user_id, one in members if user_id > after][:limit]


def get_roles(world: World, call: Call) -> list[Json]:
    return payloads.roles(world.guild(call.id("guild_id")))


def get_channels(world: World, call: Call) -> list[Json]:
    guild = world.guild(call.id("guild_id"))
    return [payloads.channel(world, one) for one in world.channels_of(guild.id)]


def get_active_threads(world: World, call: Call) -> Json:
    guild = world.guild(call.id("guild_id"))
    threads = [
        one
        for one in world.threads_of(guild.id)
        if not one.archived and "view_channel" in world.bot_may(one)
    ]
    joined = (one for one in threads if world.bot.id in one.member_ids)
    return {
        "threads": [payloads.thread(world, one) for one in threads],
        "members": [payloads.thread_member(one, world.bot.id) for one in joined],
    }


ROUTES = (
    Route("GET", "/guilds/{guild_id}", get_guild),
    Route("GET", "/guilds/{guild_id}/members", get_members),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", get_member),
    Route("GET", "/guilds/{guild_id}/roles", get_roles),
    Route("GET", "/guilds/{guild_id}/channels", get_channels),
    Route("GET", "/guilds/{guild_id}/threads/active", get_active_threads),
)
