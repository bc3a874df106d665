"""How long writes to the journal take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from liteagent.journal import Append, Journal


def timed(journal: Journal, appended: Callable[[float], None]) -> Journal:
    """The journal itself, but that `appended` is told the seconds of each append."""
    return cast(Journal, _Timed(journal, appended))


class _Timed:
    def __init__(self, journal: Journal, appended: Callable[[float], None]) -> None:
        self._journal, self._appended = journal, appended

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    async def append(self, write: Append) -> None:
        began = time.perf_counter()
        await self._journal.append(write)
        self._appended(time.perf_counter() - began)
