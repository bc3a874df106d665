"""Answers to interactions: Discord wants the first one within three seconds, and once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liteagent.chat.text import split
from liteagent.clock import Clock
from liteagent_discord.errors import (
    ALREADY_ANSWERED,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_WEBHOOK,
    DiscordError,
)
from liteagent_discord.messages import EPHEMERAL, NOBODY
from liteagent_discord.rest import Rest

SAY, DEFER, DEFER_UPDATE, MODAL = 4, 5, 6, 9
GUARD_SECONDS = 2.0
"""An interaction that nobody has answered by then is put off, so that its person does not read that
it failed."""
MOST_TEXT = 1900
_OVER = frozenset({UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN})
log = logging.getLogger(__name__)

Handle = Mapping[str, Any]


@dataclass(slots=True)
class _Open:
    """An interaction that came to this process and has no answer yet."""

    guard: asyncio.Task[None]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Answers:
    """Gives interactions their first answer, and later ones while the token lives."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest, self._clock = rest, clock
        self._open: dict[str, _Open] = {}

    def expect(self, handle: Handle) -> None:
        """An interaction has come, which must not stay without an answer."""
        guard = asyncio.create_task(self._guard(handle))
        self._open[handle["id"]] = _Open(guard)

    async def defer(self, handle: Handle) -> None:
        """Say that it has arrived; nothing where it was answered."""
        on_message = handle.get("on_message")
        data = {} if on_message else {"flags": EPHEMERAL}
        try:
            await self._first(handle, DEFER_UPDATE if on_message else DEFER, data)
        except DiscordError as error:
            log.info("An interaction was not answered in time: %s", error)

    async def form(self, handle: Handle, modal: Mapping[str, Any]) -> None:
        """Open a form. Raises `DiscordError`, permanent when it is too late."""
        if not await self._first(handle, MODAL, modal):
            raise DiscordError(
                "It took too long to open the form: click again.",
                UNKNOWN_INTERACTION,
                permanent=True,
            )

    async def tell(self, handle: Handle, text: str, components: Sequence[Any] = ()) -> bool:
        """Tell whoever began the interaction, and nobody else; False when that is over."""
        more: dict[str, Any] = {"flags": EPHEMERAL, "allowed_mentions": NOBODY}
        said = [{"content": each, **more} for each in split(text, MOST_TEXT) or ["…"]]
        said[-1]["components"] = list(components)
        try:
            begun = 1 if await self._first(handle, SAY, said[0]) else 0
            for each in said[begun:]:
                await self._follow_up(handle, each)
        except DiscordError as error:
            if error.code not in _OVER:
                raise
            return False
        return True

    async def close(self) -> None:
        """Guard nothing any more."""
        guards = [each.guard for each in self._open.values()]
        self._open.clear()
        for guard in guards:
            guard.cancel()
        await asyncio.gather(*guards, return_exceptions=True)

    async def _guard(self, handle: Handle) -> None:
        await self._clock.sleep(GUARD_SECONDS)
        await self.defer(handle)
        self._open.pop(handle["id"], None)

    async def _first(self, handle: Handle, kind: int, data: Mapping[str, Any]) -> bool:
        """Answer, unless that was done: False. Of an interaction that another process took in
        nothing is known but that it is late.
        """
        waiting = self._open.get(handle.get("id", ""))
        if waiting is None:
            return False
        async with waiting.lock:
            if self._open.get(handle["id"]) is not waiting:
                return False
            try:
                await self._rest.call(
                    "POST",
                    "/interactions/{webhook_id}/{webhook_token}/callback",
                    body={"type": kind, "data": data},
                    webhook_id=handle["id"],
                    webhook_token=handle["token"],
                )
            except DiscordError as error:
                if error.code == ALREADY_ANSWERED:
                    self._done(handle)
                    return False
                if error.permanent:
                    self._done(handle)
                raise
            self._done(handle)
        return True

    def _done(self, handle: Handle) -> None:
        waiting = self._open.pop(handle["id"], None)
        if waiting is not None and waiting.guard is not asyncio.current_task():
            waiting.guard.cancel()

    async def _follow_up(self, handle: Handle, body: Mapping[str, Any]) -> None:
        await self._rest.call(
            "POST",
            "/webhooks/{webhook_id}/{webhook_token}",
            body=body,
            webhook_id=handle["application"],
            webhook_token=handle["token"],
        )
