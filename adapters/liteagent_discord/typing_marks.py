"""Shows that the agent types while it works, which Discord forgets after ten seconds."""

from __future__ import annotations

import asyncio
import logging

from liteagent.chat.places import Place
from liteagent.clock import Clock
from liteagent.kernel import SendError
from liteagent_discord.rest import Rest

AGAIN_SECONDS = 8.0
log = logging.getLogger(__name__)


class TypingMarks:
    """One mark a channel, repeated until it is taken away."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest, self._clock = rest, clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def show(self, place: Place) -> None:
        """From now on somebody types there."""
        task = self._tasks.get(place.channel)
        if task is None or task.done():
            self._tasks[place.channel] = asyncio.create_task(self._type(place.channel))

    def hide(self, place: Place) -> None:
        """Nobody types there any more; Discord takes the last mark away by itself."""
        task = self._tasks.pop(place.channel, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Nobody types anywhere."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _type(self, channel: str) -> None:
        while True:
            try:
                await self._rest.call("POST", "/channels/{channel_id}/typing", channel_id=channel)
            except SendError as error:
                log.debug("No typing mark is shown: %s", error)
                if error.permanent:
                    return
            await self._clock.sleep(AGAIN_SECONDS)
