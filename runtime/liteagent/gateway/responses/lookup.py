"""`/v1/responses/{id}`: responses that were made before, at this replica or another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from liteagent.gateway.access import Chatter
from liteagent.gateway.context import TheGateway
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.render import JsonResponse
from liteagent.gateway.responses.serving import event_stream
from liteagent.gateway.responses.stored import find, is_whole_session, replayed

router = APIRouter()


@router.get("/v1/responses/{response_id}")
async def get_response(
    response_id: str,
    gateway: TheGateway,
    principal: Chatter,
    stream: bool = False,
    starting_after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """The response as it is now; with `stream` its events after number `starting_after`, and those
    to come.
    """
    stored = await find(gateway, response_id, principal)
    if stream:
        frames = stored.frames(gateway)
        return event_stream(gateway, stored.stream(), frames, starting_after=starting_after)
    return JsonResponse((await replayed(gateway, stored)).snapshot())


@router.post("/v1/responses/{response_id}/cancel")
async def cancel_response(response_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    """End its turn; one that has ended stays as it is."""
    stored = await find(gateway, response_id, principal)
    await gateway.sessions.cancel(stored.session_id, principal=principal, turn_id=stored.id.turn_id)
    return JsonResponse((await replayed(gateway, stored)).snapshot())


@router.delete("/v1/responses/{response_id}")
async def delete_response(response_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    """Remove it with all that it wrote: a response that is a whole session of its own."""
    stored = await find(gateway, response_id, principal)
    if not await is_whole_session(gateway, stored):
        raise InvalidRequestError(
            f"{response_id} is part of the conversation {stored.session_id}, of which nothing is"
            f" removed by itself: DELETE /api/sessions/{stored.session_id} removes all of it.",
            field="response_id",
        )
    await gateway.sessions.delete(stored.session_id)
    return JsonResponse({"id": response_id, "object": "response", "deleted": True})


@router.get("/v1/responses/{response_id}/input_items")
async def list_input_items(response_id: str, gateway: TheGateway, principal: Chatter) -> Response:
    """The message that the response answers."""
    stored = await find(gateway, response_id, principal)
    data = [
        {
            "id": event.data["message_id"],
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [{"type": "input_text", "text": event.data["text"]}],
        }
        async for event in gateway.sessions.events(
            stored.session_id, after=stored.opened_at - 1, limit=1
        )
    ]
    ids = [item["id"] for item in data]
    page = {"first_id": ids[0], "last_id": ids[-1], "has_more": False}
    return JsonResponse({"object": "list", "data": data, **page})
