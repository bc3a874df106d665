"""Fights for one entity until it has stored so many events: `python rival.py PATH NAME EVENTS`."""

from __future__ import annotations

import asyncio
import sys

from liteagent.errors import FencedError, SequenceConflictError
from liteagent.events import Draft, Head
from liteagent.journal import Append, open_sqlite

ENTITY = "session/contested"


async def main(path: str, name: str, events: int) -> None:
    stored = 0
    async with await open_sqlite(path) as journal:
        while stored < events:
            row = await journal.claim(ENTITY, name, 1.0)
            write = Append(
                entity=ENTITY,
                epoch=row.epoch,
                expected_seq=row.seq,
                ts=1.0,
                drafts=[Draft("said", {"by": name, "n": stored}, (f"{name}:{stored}",))],
                head=Head(),
            )
            try:
                await journal.append(write)
            except (FencedError, SequenceConflictError):
                continue
            stored += 1


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
