"""A message of a chat platform in memory that grows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from liteagent.chat.platform import Limits, Text
from liteagent.clock import Clock
from liteagent.kernel import SendError
from liteagent.testing.chat.message import Message


class Doing(Protocol):
    """How a platform lets something be done, with whatever fault stands before or after it."""

    def __call__(
        self, method: str, channel: str, text: str, do: Callable[[], None], /
    ) -> Awaitable[None]: ...


class FakeStream:
    """A `LiveStream` that is refused once it is too old or would grow too long."""

    def __init__(self, message: Message, limits: Limits, clock: Clock, doing: Doing) -> None:
        self._message, self._limits, self._clock, self._doing = message, limits, clock, doing

    @property
    def id(self) -> str:
        return self._message.id

    async def append(self, text: str) -> None:
        await self._doing("append", self._message.place.channel, text, lambda: self._append(text))

    async def finish(self, *, closing: bool = False) -> None:
        await self._doing("finish", self._message.place.channel, "", self._finish)

    def _append(self, text: str) -> None:
        self._check()
        whole = self._message.text + text
        if len(whole) > self._limits.stream_text:
            raise SendError("The stream is too long: begin another one.", permanent=True)
        self._message.content = Text(whole)

    def _finish(self) -> None:
        self._check()
        self._message.streaming = False

    def _check(self) -> None:
        if self._clock.now() - self._message.ts > self._limits.stream_seconds:
            self._message.streaming = False
        if self._message.removed or not self._message.streaming:
            raise SendError("The message is no stream any more.", permanent=True)
