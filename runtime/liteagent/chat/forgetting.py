"""Records that are of no use once they are old."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from liteagent.clock import Clock
from liteagent.journal import Journal

PAGE = 1000
PAUSE_SECONDS = 10.0
"""Between two pages of records that are looked through for old ones …"""
REST_SECONDS = 3600.0
"""… and after the last one."""

Forget = Callable[[str, float], Awaitable[str]]
"""Forgets one page of what is older; see `forget_page`."""


async def forget_page(journal: Journal, collection: str, after: str, before_ts: float) -> str:
    """Forget those records among the next 1000 whose `ts` is before `before_ts`. Returns where to
    go on, and an empty text at the end. Raises `JournalUnavailableError`.
    """
    page = await journal.records(collection, after=after, limit=PAGE)
    for record in page:
        if record.value.get("ts", 0.0) < before_ts:
            await journal.delete_record(collection, record.key)
    return page[-1].key if len(page) == PAGE else ""


async def keep_forgetting(forget: Forget, seconds: float, clock: Clock) -> None:
    """Forget what is older than `seconds`, slowly, until cancelled. Raises
    `JournalUnavailableError`.
    """
    after = ""
    while True:
        after = await forget(after, clock.now() - seconds)
        await clock.sleep(PAUSE_SECONDS if after else REST_SECONDS)
