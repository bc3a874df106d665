"""Who the bot is, whom it knows, and its direct messages."""

from __future__ import annotations

from typing import Any

from liteagent.testing.discord import payloads
from liteagent.testing.discord.direct import open_dm
from liteagent.testing.discord.errors import UNKNOWN_APPLICATION, ApiError, Json
from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.world import World


def get_me(world: World, call: Call) -> Json:
    return {**payloads.user(world.bot), "mfa_enabled": False, "verified": True, "flags": 0}


def get_user(world: World, call: Call) -> Json:
    return payloads.user(world.user(call.id("user_id")))


def get_my_guilds(world: World, call: Call) -> list[Json]:
    return [
        {"id": str(one.id), "name": one.name, "icon": None, "owner": False, "features": []}
        for one in world.guilds.values()
    ]


def open_dm_channel(world: World, call: Call) -> Json:
    recipient = world.user(int(call.json.get("recipient_id", 0)))
    return payloads.channel(world, open_dm(world, recipient))


def get_application(world: World, call: Call) -> Json:
    if call.params.get("application_id", "@me") not in ("@me", str(world.application_id)):
        raise ApiError(UNKNOWN_APPLICATION)
    return payloads.application(world)


def get_gateway(world: World, call: Call) -> Json:
    return {"url": world.gateway_url}


def get_bot_gateway(world: World, call: Call) -> Json:
    limit: dict[str, Any] = {
        "total": 1000,
        "remaining": 1000,
        "reset_after": 0,
        "max_concurrency": 16,
    }
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": limit}


ROUTES = (
    Route("GET", "/users/@me", get_me),
    Route("GET", "/users/@me/guilds", get_my_guilds),
    Route("POST", "/users/@me/channels", open_dm_channel),
    Route("GET", "/users/{user_id}", get_user),
    Route("GET", "/oauth2/applications/@me", get_application),
    Route("GET", "/applications/{application_id}", get_application),
    Route("GET", "/gateway", get_gateway, open=True),
    Route("GET", "/gateway/bot", get_bot_gateway),
)
