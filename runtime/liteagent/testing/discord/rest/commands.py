"""Slash commands, global and of one guild."""

from __future__ import annotations

from liteagent.testing.discord.checks import command_problems, refuse
from liteagent.testing.discord.errors import (
    MISSING_ACCESS,
    UNKNOWN_APPLICATION,
    UNKNOWN_COMMAND,
    ApiError,
    Json,
)
from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.world import World


def put_commands(world: World, call: Call) -> list[Json]:
    """Replace the whole set. A command that was there keeps its id."""
    wanted = call.body if isinstance(call.body, list) else []
    refuse(
        problem
        for place, command in enumerate(wanted)
        for problem in command_problems(command, (place,))
    )
    scope = _scope(world, call)
    before = world.commands.of(scope)
    world.commands.by_guild[scope] = {
        command["name"]: _stored(world, scope, command, before.get(command["name"]))
        for command in wanted
    }
    world.commands.syncs += 1
    return list(world.commands.of(scope).values())


def post_command(world: World, call: Call) -> Json:
    """Add one, or replace the one of that name."""
    refuse(command_problems(call.json))
    scope = _scope(world, call)
    commands = world.commands.of(scope)
    name = call.json["name"]
    commands[name] = _stored(world, scope, call.json, commands.get(name))
    return commands[name]


def get_commands(world: World, call: Call) -> list[Json]:
    return list(world.commands.of(_scope(world, call)).values())


def get_command(world: World, call: Call) -> Json:
    commands = world.commands.of(_scope(world, call)).values()
    found = next((one for one in commands if one["id"] == call.params["command_id"]), None)
    if found is None:
        raise ApiError(UNKNOWN_COMMAND)
    return found


def patch_command(world: World, call: Call) -> Json:
    found = get_command(world, call)
    changed = {**found, **call.json}
    refuse(command_problems(changed))
    commands = world.commands.of(_scope(world, call))
    del commands[found["name"]]
    commands[changed["name"]] = changed
    return changed


def delete_command(world: World, call: Call) -> None:
    found = get_command(world, call)
    del world.commands.of(_scope(world, call))[found["name"]]


def _scope(world: World, call: Call) -> int | None:
    if call.id("application_id") != world.application_id:
        raise ApiError(UNKNOWN_APPLICATION)
    if "guild_id" not in call.params:
        return None
    guild_id = call.id("guild_id")
    if guild_id not in world.guilds:
        raise ApiError(MISSING_ACCESS)
    return guild_id


def _stored(world: World, scope: int | None, command: Json, before: Json | None) -> Json:
    stored: Json = {
        "type": 1,
        "options": [],
        "default_member_permissions": None,
        "nsfw": False,
        **command,
        "id": str(world.snowflakes.next()) if before is None else before["id"],
        "application_id": str(world.application_id),
        "version": str(world.snowflakes.next()),
    }
    return stored if scope is None else {**stored, "guild_id": str(scope)}


def _routes(base: str) -> tuple[Route, ...]:
    return (
        Route("PUT", base, put_commands),
        Route("GET", base, get_commands),
        Route("POST", base, post_command, status=201),
        Route("GET", base + "/{command_id}", get_command),
        Route("PATCH", base + "/{command_id}", patch_command),
        Route("DELETE", base + "/{command_id}", delete_command),
    )


ROUTES = (
    *_routes("/applications/{application_id}/commands"),
    *_routes("/applications/{application_id}/guilds/{guild_id}/commands"),
)
