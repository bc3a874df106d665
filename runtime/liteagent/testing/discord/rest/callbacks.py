"""The first answer to an interaction."""

from __future__ import annotations

from liteagent.testing.discord.answering import answer
from liteagent.testing.discord.errors import UNKNOWN_INTERACTION, ApiError, Json
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.message_payloads import message
from liteagent.testing.discord.messages import LOADING
from liteagent.testing.discord.rest.call import Call, Route
from liteagent.testing.discord.world import World


def post_callback(world: World, call: Call) -> Json | None:
    one = world.interactions.get(call.id("interaction_id"))
    if one is None or one.token != call.params["token"]:
        raise ApiError(UNKNOWN_INTERACTION)
    answer(world, one, call.json.get("type", 0), call.json.get("data") or {}, call.files)
    if call.query.get("with_response") not in ("1", "true"):
        return None
    return _response(world, one)


def _response(world: World, one: Interaction) -> Json:
    said: Json = {"id": str(one.id), "type": one.type}
    resource: Json = {"type": one.response_type}
    if one.response is not None:
        said["response_message_id"] = str(one.response.id)
        said["response_message_loading"] = bool(one.response.flags & LOADING)
        said["response_message_ephemeral"] = one.ephemeral
        resource["message"] = message(world, one.response)
    return {"interaction": said, "resource": resource}


ROUTES = (
    Route("POST", "/interactions/{interaction_id}/{token}/callback", post_callback, open=True),
)
