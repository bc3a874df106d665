"""Claims, epochs, fencing, deletion."""

from __future__ import annotations

import pytest

from liteagent.errors import FencedError
from liteagent.events import Head
from liteagent.journal import Journal, Snapshot
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened


class OwnershipContract(JournalSuite):
    """Who may write."""

    async def test_the_first_claim_makes_an_entity_without_events(self, journal: Journal) -> None:
        row = await journal.claim(ENTITY, "host-1", 5.0)
        assert (row.entity, row.seq, row.owner) == (ENTITY, 0, "host-1")
        assert (row.created_at, row.updated_at, row.head) == (5.0, 5.0, Head())
        assert row.epoch >= 1
        assert await journal.head(ENTITY) == row

    async def test_each_claim_raises_the_epoch_by_one_and_records_the_owner(
        self, journal: Journal
    ) -> None:
        first = await journal.claim(ENTITY, "host-1", 1.0)
        second = await journal.claim(ENTITY, "host-2", 2.0)
        assert (second.epoch, second.owner) == (first.epoch + 1, "host-2")
        assert await journal.head(ENTITY) == second

    async def test_a_claim_leaves_events_head_and_times_alone(self, journal: Journal) -> None:
        writer = await Writer.claim(journal, ts=1.0)
        await writer.append(happened(), head=Head(status="running"), ts=2.0)
        row = await journal.claim(ENTITY, "host-2", 9.0)
        assert (row.seq, row.head, row.created_at, row.updated_at) == (
            1,
            Head(status="running"),
            1.0,
            2.0,
        )
        assert len(await journal.read(ENTITY)) == 1

    async def test_a_writer_with_an_old_epoch_is_fenced_off(self, journal: Journal) -> None:
        old = await Writer.claim(journal)
        new = await Writer.claim(journal, owner="host-2")
        with pytest.raises(FencedError) as caught:
            await old.append(happened())
        fenced = caught.value
        assert (fenced.entity, fenced.epoch, fenced.current) == (ENTITY, old.epoch, new.epoch)
        await new.append(happened())

    async def test_an_epoch_that_nobody_was_given_is_fenced_off(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        writer.epoch += 1
        with pytest.raises(FencedError):
            await writer.append(happened())

    async def test_an_entity_that_nobody_claimed_cannot_be_written(self, journal: Journal) -> None:
        with pytest.raises(FencedError) as caught:
            await Writer(journal, ENTITY, 1, 0).append(happened())
        assert caught.value.current == 0
        assert await journal.head(ENTITY) is None

    async def test_deletion_removes_everything_of_the_entity(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened("a", "key:1"))
        await journal.save_snapshot(Snapshot(entity=ENTITY, seq=1, version=1, state={}))
        await journal.delete(ENTITY, epoch=writer.epoch)
        assert await journal.head(ENTITY) is None
        assert await journal.read(ENTITY) == []
        assert await journal.locate("key:1") is None
        assert await journal.load_snapshot(ENTITY) is None
        assert set((await journal.sizes()).values()) == {0}

    async def test_deletion_leaves_other_entities_alone(self, journal: Journal) -> None:
        writer, other = await Writer.claim(journal), await Writer.claim(journal, "session/two")
        await writer.append(happened("a", "key:1"))
        await other.append(happened("a", "key:1"))
        await journal.delete(ENTITY, epoch=writer.epoch)
        assert len(await journal.read("session/two")) == 1
        assert await journal.locate("key:1") == ("session/two", 1)

    async def test_deletion_is_fenced(self, journal: Journal) -> None:
        old = await Writer.claim(journal)
        await Writer.claim(journal)
        with pytest.raises(FencedError):
            await journal.delete(ENTITY, epoch=old.epoch)
        with pytest.raises(FencedError):
            await journal.delete("session/unknown", epoch=1)
        assert await journal.head(ENTITY) is not None

    async def test_a_writer_from_before_a_deletion_stays_fenced_when_the_entity_is_made_again(
        self, journal: Journal
    ) -> None:
        old = await Writer.claim(journal)
        last = await Writer.claim(journal)
        await journal.delete(ENTITY, epoch=last.epoch)
        again = await Writer.claim(journal)
        assert again.epoch > last.epoch
        for stale in (old, last):
            with pytest.raises(FencedError):
                await stale.append(happened())
