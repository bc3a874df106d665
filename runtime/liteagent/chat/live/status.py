"""What it says that an agent is doing."""

from __future__ import annotations

import asyncio
import logging

from liteagent.chat.budget import Budget, Urgency
from liteagent.chat.places import Place
from liteagent.chat.platform import Platform
from liteagent.events import Event
from liteagent.kernel import SendError

WAITING = "waits for approval"
"""What it says while nothing is done before somebody decides."""
log = logging.getLogger(__name__)


def status_of(event: Event) -> str | None:
    """What the agent does after this event, as a sentence behind its name; empty when it does
    nothing more, None when the event changes nothing about it.
    """
    match event.type:
        case "turn.started" | "model.requested":
            return "is thinking…"
        case "tool.started":
            return f"is running {event.data['tool']}…"
        case "approval.requested":
            return WAITING
        case "turn.completed" | "turn.failed" | "turn.cancelled":
            return ""
        case _:
            return None


class Status:
    """Says it in one place, when there is nothing better to send; what is outdated meanwhile is
    never said.
    """

    def __init__(self, platform: Platform, budget: Budget, place: Place) -> None:
        self._platform, self._budget, self._place = platform, budget, place
        self._text = ""
        self._said: str | None = None
        self._changed = asyncio.Event()

    def say(self, text: str) -> None:
        """From now on it does this."""
        self._text = text
        self._changed.set()

    def rest(self) -> bool:
        """From now on it does nothing; whether that has been said, if it has to be."""
        if self._text:
            self.say("")
        return self._said in ("", None)

    async def run(self) -> None:
        """Say what changes, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._text != self._said:
                cost = self._platform.limits.status_cost
                await self._budget.turn(self._place.channel, Urgency.STATUS, cost=cost)
                self._said = await self._send(self._text)

    async def _send(self, text: str) -> str | None:
        """What need not be said again."""
        try:
            await self._budget.run(
                self._place.channel, lambda: self._platform.status(self._place, text)
            )
        except SendError as error:
            log.debug("The status %r was not shown: %s", text, error)
            if error.retry_after is not None:
                return None
        except Exception:  # the boundary: the code of an adapter
            log.exception("Showing a status broke")
        return text
