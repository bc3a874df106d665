"""One try to post an event, and what is known after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from liteagent.clock import Clock
from liteagent.deadline import OverrunError, run_within
from liteagent.events import Event
from liteagent.kernel.outbox.ledger import DeliveryStatus
from liteagent.kernel.outbox.sender import FindingSender, Sender, SendError

log = logging.getLogger(__name__)
T = TypeVar("T")

SEND_SECONDS = 30.0
"""A call of a sender that has not returned by then is given up; the post may have arrived."""
STOP_SECONDS = 5.0
ATTEMPT_SECONDS = 2 * (SEND_SECONDS + STOP_SECONDS)
"""Looking up and posting take no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """There is nothing more to try."""

    status: DeliveryStatus
    message_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """It is to be tried again."""

    message: str
    seconds: float | None = None
    """Until the next try makes sense, if the platform said."""
    may_have_arrived: bool = True
    permanent: bool = False
    """No further try of this call makes sense."""
    broke: bool = False
    """By an error that is none of a sender's: a defect, perhaps only over this event."""


async def attempt(
    sender: Sender, event: Event, key: str, *, in_doubt: bool, clock: Clock
) -> Ended | Trouble:
    """Post the event; one that may have arrived before only where that cannot make two of it."""
    if in_doubt and not sender.idempotent:
        if not isinstance(sender, FindingSender):
            return _unknown("It was interrupted while it was posted.")
        found = await _call(sender.find(key), clock)
        if isinstance(found, Trouble):
            return _unknown(found.message) if found.permanent else _still_in_doubt(found)
        if found is not None:
            return Ended(status=DeliveryStatus.SENT, message_id=found)
    posted = await _call(sender.send(key, event), clock)
    if not isinstance(posted, Trouble):
        return Ended(status=DeliveryStatus.SENT, message_id=posted)
    if posted.permanent:
        return Ended(status=DeliveryStatus.FAILED, error=posted.message)
    return _still_in_doubt(posted) if in_doubt else posted


def _unknown(error: str) -> Ended:
    return Ended(status=DeliveryStatus.UNKNOWN, error=error)


def _still_in_doubt(trouble: Trouble) -> Trouble:
    return replace(trouble, may_have_arrived=True)


async def _call(work: Coroutine[Any, Any, T], clock: Clock) -> T | Trouble:
    task = asyncio.ensure_future(work)
    try:
        return await run_within(task, seconds=SEND_SECONDS, clock=clock, grace=STOP_SECONDS)
    except SendError as error:
        return Trouble(
            message=str(error),
            seconds=error.retry_after,
            may_have_arrived=error.may_have_arrived,
            permanent=error.permanent,
        )
    except OverrunError:
        return Trouble(message=f"It did not end within {SEND_SECONDS:g} s.")
    except Exception as error:  # the boundary: the code of an adapter
        log.exception("A sender broke")
        return Trouble(message=f"The sender broke: {type(error).__name__}.", broke=True)
