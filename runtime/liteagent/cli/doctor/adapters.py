"""Checks of the chat platforms: whether the tokens are there, good, and may do what is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

from liteagent.chat.adapter import Adapter, collect_adapters, is_wanted
from liteagent.chat.inbox import ChatInbox
from liteagent.cli.doctor.finding import Finding, Level, note, wrong
from liteagent.cli.doctor.machine import has_journal
from liteagent.clock import SystemClock
from liteagent.config import Settings
from liteagent.errors import LiteAgentException
from liteagent.journal import Journal, open_journal
from liteagent.kernel.outbox.ledger import Ledger
from liteagent.plugins import PluginHost

GIVEN_UP = (
    "`liteagent inbox retry ID` has what was given up handled again, `liteagent inbox dismiss ID`"
    " takes it off this list."
)


async def adapter_findings(plugins: PluginHost, settings: Settings) -> AsyncIterator[Finding]:
    """What each adapter finds when it asks its platform, and what was given up there; a note where
    nobody wants it.
    """
    try:
        adapters = await collect_adapters(plugins)
    except LiteAgentException as error:
        yield wrong("chat", str(error))
        return
    for adapter in adapters.values():
        if not is_wanted(adapter, os.environ):
            yield note(adapter.name, f"not used: {adapter.variables[0]} is not set")
        elif lack := adapter.lacks(os.environ):
            yield wrong(adapter.name, lack)
        else:
            async for finding in _examined(adapter, settings):
                yield finding
        async for finding in _given_up(adapter.name, settings):
            yield finding


async def _examined(adapter: Adapter, settings: Settings) -> AsyncIterator[Finding]:
    """What its platform says of its tokens, those in the journal too."""
    async with AsyncExitStack() as stack:
        journal: Journal | None = None
        if has_journal(settings):
            with suppress(LiteAgentException):  # the check of the journal itself tells
                opened = await open_journal(settings.journal_url)
                journal = await stack.enter_async_context(opened)
        async for found in adapter.examine(os.environ, journal):
            yield Finding(check=adapter.name, level=Level(found.level), text=found.text)


async def _given_up(platform: str, settings: Settings) -> AsyncIterator[Finding]:
    """What nobody could handle, and what could not be posted."""
    if not has_journal(settings):
        return
    try:
        given_up = 0
        async with await open_journal(settings.journal_url) as journal:
            async for problem in ChatInbox(journal, platform).problems():
                given_up += 1
                yield note(platform, f"{problem.id} was given up: {problem.error}")
            if given_up:
                yield note(platform, GIVEN_UP)
            async for post in Ledger(journal, platform, SystemClock()).problems():
                told = f"event {post.seq} of {post.entity} is {post.status} there: {post.error}"
                yield note(platform, told)
    except LiteAgentException:
        return  # the check of the journal itself tells
