"""The workspace of the bot token, before Slack has said which it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from liteagent.clock import Clock
from liteagent.deadline import stop
from liteagent_slack.accounts import Accounts, Behind
from liteagent_slack.errors import NotInstalledError, SlackError

PATIENCE_SECONDS = 2.0
"""Slack waits three for an answer, and comes again after one that says so."""


class OwnAccount:
    """Asks Slack once, for all that come meanwhile, and again after it did not answer."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, Behind]], clock: Clock) -> None:
        """`ask` raises `SlackError`."""
        self._ask, self._clock = ask, clock
        self._asking: asyncio.Task[Behind] | None = None

    async def of(self, team: str) -> Behind:
        """Raises `SlackError`, within two seconds where Slack says nothing."""
        if self._asking is None or (self._asking.done() and not _is_known(self._asking)):
            self._asking = asyncio.create_task(self._ask())
        asking, patience = self._asking, asyncio.ensure_future(self._clock.sleep(PATIENCE_SECONDS))
        try:
            await asyncio.wait({asking, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if not asking.done():
            raise SlackError("Slack does not say yet who the app is.", "unknown_self")
        return asking.result()

    async def removed(self, body: Mapping[str, Any]) -> None:
        """Calls will say that the token is refused."""

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            await stop(self._asking, clock=self._clock, grace=PATIENCE_SECONDS)


class OwnAndOthers:
    """The bot token's workspace beside those that installed the app, which do not wait for it."""

    def __init__(self, own: OwnAccount, others: Accounts) -> None:
        self._own, self._others = own, others

    async def of(self, team: str) -> Behind:
        """Raises `NotInstalledError`, or another `SlackError`."""
        if not team:
            return await self._own.of(team)
        try:
            return await self._others.of(team)
        except NotInstalledError:
            own = await self._own.of(team)
            if own.platform.account.team != team:
                raise
            return own

    async def removed(self, body: Mapping[str, Any]) -> None:
        await self._others.removed(body)


def _is_known(asking: asyncio.Task[Behind]) -> bool:
    return not asking.cancelled() and asking.exception() is None
