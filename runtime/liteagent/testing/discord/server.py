"""The stand-in itself: it serves, and shows what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Self

from aiohttp import web

from liteagent.clock import Clock, SystemClock
from liteagent.testing.discord.acts import Acts
from liteagent.testing.discord.changes import Changes
from liteagent.testing.discord.dispatch_faults import DispatchFaults
from liteagent.testing.discord.gateway import Gateway
from liteagent.testing.discord.http import BASE, LARGEST_BODY, Rest
from liteagent.testing.discord.interactions import FIRST_ANSWER_SECONDS, Interaction
from liteagent.testing.discord.limits import Limits
from liteagent.testing.discord.menu import Faults
from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.rest import Call
from liteagent.testing.discord.showing import show
from liteagent.testing.discord.world import Commands, Dispatch, Typing, World

TOKEN = "a-token-of-the-stand-in"


class FakeDiscord(Acts):
    """Serves Discord's REST API and gateway on a free port of 127.0.0.1 while it is entered.

    `clock` gives ids and messages their times, and interactions their `answer_seconds`: Discord's
    three, or more where a slow machine must not matter; heartbeats and the bot's own waiting follow
    the event loop. A call to a route that the stand-in does not
    have is answered with 404, and leaving raises an `AssertionError` that names it.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        token: str = TOKEN,
        answer_seconds: float = FIRST_ANSWER_SECONDS,
    ) -> None:
        self.token = token
        self.clock = clock or SystemClock()
        self._good_token = True
        self._changes = Changes()
        self._timers: dict[Interaction, asyncio.Task[None]] = {}
        super().__init__(World(self.clock, self._emit, answer_seconds))
        dispatches = DispatchFaults()
        self.gateway = Gateway(self.world, dispatches, self._is_token, self._changed)
        self.faults = Faults(dispatches, self.gateway, self._revoke)
        self.limits = Limits(self.clock, self.world.old_edits)
        self._rest = Rest(self.world, self.limits, self.faults, self._is_token, self._changed)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """`http://127.0.0.1:<port>/api/v10`."""
        return self.world.base_url + BASE

    @property
    def gateway_url(self) -> str:
        """`ws://127.0.0.1:<port>/gateway`."""
        return self.world.gateway_url

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_BODY)
        self._rest.add_to(app)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/gateway/", self.gateway.connect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0]
        self.world.base_url = f"http://{host}:{port}"
        self.world.gateway_url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.faults.release_all()
        self.gateway.cut()
        for timer in self._timers.values():
            timer.cancel()
        await asyncio.gather(*self._timers.values(), return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
        if kind is None and self._rest.unknown:
            called = ", ".join(f"{one.method} {one.path}" for one in self._rest.unknown)
            raise AssertionError(f"the stand-in for Discord has no such routes: {called}")

    @property
    def calls(self) -> list[Call]:
        """Every call of the REST API, in order."""
        return self._rest.calls

    @property
    def commands(self) -> Commands:
        """The slash commands that the bot registered; `commands.syncs` counts how often."""
        return self.world.commands

    @property
    def typing(self) -> list[Typing]:
        """Every time the bot showed that it types."""
        return self.world.typing

    @property
    def interactions(self) -> list[Interaction]:
        """Every click, form and command, in order."""
        return list(self.world.interactions.values())

    @property
    def connected(self) -> bool:
        """Whether the bot listens to the gateway."""
        return bool(self.gateway.connected)

    def messages(self, channel: int) -> list[Message]:
        """What everybody in a channel sees, the oldest first; nothing where no channel is yet."""
        place = self.world.channels.get(channel)
        return [] if place is None else place.written

    def message(self, message: int) -> Message | None:
        """A message of any channel, also one that only one person sees; None if it is gone."""
        return self.world.any_message(message)

    async def until(self, condition: Callable[[], object], *, seconds: float = 60.0) -> None:
        """Return when the condition is true, asking it again whenever anything changed here, and
        every few milliseconds for what it sees elsewhere. After `seconds`, of the event loop, an
        `AssertionError` shows what is there.
        """
        await self._changes.until(
            condition, seconds=seconds, describe=lambda: show(self.world, self.calls)
        )

    def watch(self, interaction: Interaction) -> Interaction:
        self._timers[interaction] = asyncio.create_task(self._fail(interaction))
        return interaction

    async def _fail(self, interaction: Interaction) -> None:
        """Wake who waits for a failure, when there is one."""
        left = interaction.created + interaction.answer_seconds - self.clock.now()
        await self.clock.sleep(left)
        del self._timers[interaction]
        self._changes.tell()

    def _changed(self) -> None:
        for interaction in [one for one in self._timers if one.answered]:
            self._timers.pop(interaction).cancel()
        self._changes.tell()

    def _emit(self, event: Dispatch) -> None:
        self.gateway.emit(event)

    def _is_token(self, given: str) -> bool:
        return self._good_token and given.removeprefix("Bot ") == self.token

    def _revoke(self) -> None:
        self._good_token = False


@contextmanager
def pointed_at(stand_in: FakeDiscord) -> Generator[None]:
    """Point discord.py, which has one address for the whole process, at the stand-in."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = stand_in.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(stand_in.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
