"""One thing on its way to the app, and the doors it may go through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from liteagent.testing.slack.records import Acknowledgement, DeliveryKind, Json


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """One event, interaction or command on its way."""

    kind: DeliveryKind
    payload: Json
    acked: asyncio.Future[Acknowledgement]
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0
    reason: str = ""
    given_up: bool = False
    """The app asked for no more attempts."""
    over: bool = False

    @property
    def what(self) -> str:
        """The event's type, the interaction's type or the command's name."""
        event: Json = self.payload.get("event", {})
        return str(event.get("type") or self.payload.get("command") or self.payload.get("type"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One attempt at a delivery."""

    id: str
    delivery: Delivery
    attempt: int
    reason: str
    """Of a retry: why the last attempt did not succeed, in Slack's words."""
    sent: float
    """By the monotonic clock."""


class Door(Protocol):
    """A way into the app."""

    @property
    def open(self) -> bool:
        """Whether anybody could be there."""
        ...

    async def send(self, envelope: Envelope) -> str | None:
        """Hand it over. The reason, in Slack's words, if the app has refused it."""
        ...
