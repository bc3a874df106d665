"""What the parts of the suite share: the fixture, and short ways to write."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from liteagent.events import Draft, Event, Head
from liteagent.journal import Append, Journal

ENTITY = "session/one"


class JournalSuite:
    """Tests that use one empty journal each."""

    @pytest.fixture
    def journal(self) -> Journal:
        """An open, empty journal; a subclass gives it."""
        raise NotImplementedError("give the fixture `journal`, which yields an empty journal")


class Writer:
    """An owner of one entity that keeps count of its seq."""

    def __init__(self, journal: Journal, entity: str, epoch: int, seq: int) -> None:
        self.journal, self.entity, self.epoch, self.seq = journal, entity, epoch, seq

    @classmethod
    async def claim(
        cls, journal: Journal, entity: str = ENTITY, *, owner: str = "host-1", ts: float = 1.0
    ) -> Writer:
        """Claim the entity."""
        row = await journal.claim(entity, owner, ts)
        return cls(journal, entity, row.epoch, row.seq)

    async def append(
        self, *drafts: Draft, head: Head | None = None, ts: float = 2.0
    ) -> Sequence[Event]:
        """Append after the last event; what was stored."""
        write = Append(
            entity=self.entity,
            epoch=self.epoch,
            expected_seq=self.seq,
            ts=ts,
            drafts=drafts,
            head=head or Head(),
        )
        await self.journal.append(write)
        self.seq += len(drafts)
        return write.events()


def happened(name: str = "thing.happened", *keys: str, **data: object) -> Draft:
    """A draft."""
    return Draft(name, data, keys)
