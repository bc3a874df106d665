"""What a gateway does besides answering."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liteagent.errors import LiteAgentException
from liteagent.gateway.context import Gateway

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600.0


@asynccontextmanager
async def housekeeping(gateway: Gateway) -> AsyncGenerator[None, None]:
    """Forgets old requests now and then, while it is entered."""
    task = asyncio.ensure_future(_sweep(gateway))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sweep(gateway: Gateway) -> None:
    while True:
        await gateway.clock.sleep(SWEEP_SECONDS)
        try:
            await gateway.reservations.sweep()
        except LiteAgentException as error:
            log.warning("Old requests stay for now: %s", error)
