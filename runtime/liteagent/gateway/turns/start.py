"""From a request of the OpenAI protocol to a turn that is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from liteagent.agents.sessions import NewSession, Receipt
from liteagent.agents.spec import AgentSpec
from liteagent.gateway.context import Gateway
from liteagent.gateway.http.render import header_value
from liteagent.gateway.turns.admission import check_session, sending_of, user_of
from liteagent.gateway.turns.identity import Continuing, continued_session, named_session
from liteagent.gateway.turns.prompt import Prompt
from liteagent.gateway.turns.run import Frames, Post, begin
from liteagent.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request wants."""

    spec: AgentSpec
    prompt: Prompt
    tools: Sequence[Mapping[str, Any]]
    """The caller's own, as a session takes them."""
    metadata: Mapping[str, str]
    """Of the session, if the request makes one."""
    continuing: Continuing
    session_id: str | None = None
    """The session that the body names."""
    alone: bool = False
    """Whether it goes to a session of its own whatever the request says of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A turn that is under way, and the session's frames from its message on."""

    receipt: Receipt
    frames: Frames
    again: bool
    """Whether the request came before and this is the turn it began then."""

    @property
    def headers(self) -> dict[str, str]:
        """What the response says of it."""
        headers = {"X-LiteAgent-Session": header_value(self.receipt.session_id)}
        return {**headers, "Idempotency-Replayed": "true"} if self.again else headers


async def start(
    gateway: Gateway, request: Request, body: bytes, principal: Principal, ask: Ask
) -> Started:
    """Send the message, once however often the request comes. The caller closes the frames."""
    principal = user_of(principal, request.headers)
    session_id = None if ask.alone else _session_of(gateway, request, principal, ask)
    if session_id is not None:
        await check_session(gateway, session_id, ask.spec, principal)
    sending = sending_of(request, body, principal)
    reservation = await gateway.reservations.take(sending, session_id)
    new = NewSession(
        agent=ask.spec.name,
        metadata=ask.metadata,
        history=ask.prompt.history,
        client_tools=ask.tools,
    )
    post = Post(text=ask.prompt.text, principal=principal, create=new, results=ask.prompt.results)
    receipt, frames = await begin(gateway.sessions, post, reservation)
    return Started(receipt=receipt, frames=frames, again=reservation.again)


def _session_of(gateway: Gateway, request: Request, principal: Principal, ask: Ask) -> str | None:
    if ask.session_id is not None:
        return ask.session_id
    return named_session(request.headers) or continued_session(
        request.headers,
        ask.continuing,
        principal=principal,
        agent=ask.spec.name,
        more_header=gateway.settings.session_header,
    )
