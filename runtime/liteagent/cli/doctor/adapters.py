"""Checks of the chat platforms: whether the tokens are there, good, and may do what is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

from liteagent.chat.adapter import collect_adapters, is_wanted
from liteagent.cli.doctor.finding import Finding, Level, note, wrong
from liteagent.errors import LiteAgentException
from liteagent.plugins import PluginHost


async def adapter_findings(plugins: PluginHost) -> AsyncIterator[Finding]:
    """What each adapter finds when it asks its platform; a note where nobody wants it."""
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
            async for found in adapter.examine(os.environ):
                yield Finding(check=adapter.name, level=Level(found.level), text=found.text)
