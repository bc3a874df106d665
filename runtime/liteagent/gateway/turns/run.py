"""Begin a turn, once, and follow it. The turn is the session's; a request only looks on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from liteagent.agents.sessions import NewSession, Receipt, Sessions
from liteagent.errors import InvalidStateError, LiteAgentException
from liteagent.gateway.http.errors import TurnLostError
from liteagent.gateway.http.problem import Problem
from liteagent.gateway.turns.reservations import Reservation
from liteagent.kernel import Frame
from liteagent.principal import Principal

Frames = AsyncGenerator[Frame, None]

CUT_OFF = Problem(
    status=503,
    code="runtime_closed",
    message="The runtime stopped while the turn ran; it goes on when the runtime is back.",
)
"""What is told when the frames end before the turn does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message to send, and how to make its session if it is not there."""

    text: str
    principal: Principal
    create: NewSession
    results: Sequence[Mapping[str, Any]] = ()


async def begin(sessions: Sessions, post: Post, reservation: Reservation) -> tuple[Receipt, Frames]:
    """The receipt, and the session's frames from the message on. The caller closes the frames.

    Of a request that came before, the message is not sent again but found.
    """
    sending: dict[str, Any] = {
        "principal": post.principal,
        "key": reservation.key,
        "create_with": post.create,
        "results": post.results,
    }
    if reservation.again:
        receipt = await sessions.send(reservation.session_id, post.text, **sending)
        return receipt, sessions.watch(receipt.session_id, receipt.seq - 1)
    frames = sessions.converse(reservation.session_id, post.text, **sending)
    try:
        receipt = await anext(frames)
    except BaseException:
        await frames.aclose()
        raise
    if not isinstance(receipt, Receipt):
        raise InvalidStateError("The runtime streamed before it answered.")
    return receipt, _after_receipt(frames)


async def _after_receipt(frames: AsyncGenerator[Receipt | Frame, None]) -> Frames:
    try:
        async for frame in frames:
            if not isinstance(frame, Receipt):
                yield frame
    finally:
        await frames.aclose()


@contextmanager
def begun() -> Generator[None, None, None]:
    """Around what happens once the turn may have begun: no error of it invites a retry."""
    try:
        yield
    except LiteAgentException as error:
        raise TurnLostError(error) from error
