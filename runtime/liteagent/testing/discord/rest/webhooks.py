"""Follow-ups to an interaction, whose token is good for 15 minutes."""

from __future__ import annotations

from liteagent.testing.discord.errors import (
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    ApiError,
    Json,
)
from liteagent.testing.discord.interactions import DEFER, Interaction
from liteagent.testing.discord.message_payloads import message as payload
from liteagent.testing.discord.messages import LOADING, Message
from liteagent.testing.discord.posting import post, remove
from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.world import World
from liteagent.testing.discord.writing import draft, rewrite


def post_followup(world: World, call: Call) -> Json:
    """A further message; the first one after a deferral takes the place of "is thinking"."""
    one = _interaction(world, call)
    if one.response_type == DEFER and one.response is not None and one.response.flags & LOADING:
        rewrite(world, one.response, call.json, call.files)
        return payload(world, one.response)
    wanted = draft(world, one.channel, call.json, call.files, interaction=one)
    said = post(world, one.channel, world.bot, wanted)
    one.followups.append(said)
    return payload(world, said)


def get_response(world: World, call: Call) -> Json:
    return payload(world, _response(world, call))


def patch_response(world: World, call: Call) -> Json:
    said = _response(world, call)
    rewrite(world, said, call.json, call.files)
    return payload(world, said)


def delete_response(world: World, call: Call) -> None:
    remove(world, _response(world, call))


def _interaction(world: World, call: Call) -> Interaction:
    """The interaction that was answered, and not too long ago."""
    tokens = {one.token: one for one in world.interactions.values()}
    one = tokens.get(call.params["token"])
    if one is None or not one.answered or call.id("application_id") != world.application_id:
        raise ApiError(UNKNOWN_WEBHOOK)
    if one.expired:
        raise ApiError(INVALID_WEBHOOK_TOKEN)
    return one


def _response(world: World, call: Call) -> Message:
    one = _interaction(world, call)
    if call.params["message_id"] == "@original":
        found = one.response
    else:
        found = next((each for each in one.followups if each.id == call.id("message_id")), None)
    if found is None or world.any_message(found.id) is None:
        raise ApiError(UNKNOWN_MESSAGE)
    return found


_HOOK = "/webhooks/{application_id}/{token}"

ROUTES = (
    Route("POST", _HOOK, post_followup, open=True),
    Route("GET", f"{_HOOK}/messages/{{message_id}}", get_response, open=True),
    Route("PATCH", f"{_HOOK}/messages/{{message_id}}", patch_response, open=True),
    Route("DELETE", f"{_HOOK}/messages/{{message_id}}", delete_response, open=True),
)
