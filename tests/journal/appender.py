"""Appends for ever to its own entities and says what was acknowledged: `<entity> <seq>` lines.

python appender.py PATH NAME ENTITIES [APPENDS]: with APPENDS, each entity gets so many and it ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count

from liteagent.events import Draft, Head
from liteagent.journal import Append, Journal, open_sqlite

EVENTS_AN_APPEND = 3


def text_of(entity: str, seq: int) -> str:
    """What event `seq` of `entity` says; now and then long enough to be a blob."""
    return f"{entity} {seq} " * (4000 if seq % 50 == 0 else 1)


async def live(journal: Journal, entity: str, appends: int | None) -> None:
    row = await journal.claim(entity, str(os.getpid()), 1.0)
    seq = row.seq
    for _ in count() if appends is None else range(appends):
        drafts = [
            Draft("said", {"text": text_of(entity, n)}, (f"said:{n}",))
            for n in range(seq + 1, seq + 1 + EVENTS_AN_APPEND)
        ]
        write = Append(
            entity=entity,
            epoch=row.epoch,
            expected_seq=seq,
            ts=float(seq),
            drafts=drafts,
            head=Head(agent=str(seq + EVENTS_AN_APPEND)),
        )
        await journal.append(write)
        seq += EVENTS_AN_APPEND
        os.write(1, f"{entity} {seq}\n".encode())


async def main(path: str, name: str, entities: int, appends: int | None) -> None:
    async with await open_sqlite(path) as journal:
        await asyncio.gather(
            *(live(journal, f"session/{name}-{n}", appends) for n in range(entities))
        )


if __name__ == "__main__":
    path, name, entities, *rest = sys.argv[1:]
    asyncio.run(main(path, name, int(entities), int(rest[0]) if rest else None))
