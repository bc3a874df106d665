"""Snapshots: the latest counts."""

from __future__ import annotations

from liteagent.journal import Journal, Snapshot
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened


def snapshot(seq: int, *, version: int = 1, **state: object) -> Snapshot:
    return Snapshot(entity=ENTITY, seq=seq, version=version, state=state)


class SnapshotsContract(JournalSuite):
    """Folds that need not be made again."""

    async def test_a_snapshot_is_loaded_as_it_was_saved(self, journal: Journal) -> None:
        await Writer.claim(journal)
        assert await journal.load_snapshot(ENTITY) is None
        kept = snapshot(4, version=2, text="a\0b\ud800", big="é" * 50_000, nested=[{"$blob": 1}])
        await journal.save_snapshot(kept)
        assert await journal.load_snapshot(ENTITY) == kept

    async def test_a_later_snapshot_takes_the_place_of_an_older_one(self, journal: Journal) -> None:
        await Writer.claim(journal)
        await journal.save_snapshot(snapshot(4, n=1))
        await journal.save_snapshot(snapshot(9, n=2))
        assert await journal.load_snapshot(ENTITY) == snapshot(9, n=2)

    async def test_an_older_snapshot_is_ignored(self, journal: Journal) -> None:
        await Writer.claim(journal)
        await journal.save_snapshot(snapshot(9, n=2))
        await journal.save_snapshot(snapshot(4, n=1))
        assert await journal.load_snapshot(ENTITY) == snapshot(9, n=2)

    async def test_a_snapshot_of_another_fold_version_takes_the_place_of_one_at_the_same_seq(
        self, journal: Journal
    ) -> None:
        await Writer.claim(journal)
        await journal.save_snapshot(snapshot(4, version=1, n=1))
        await journal.save_snapshot(snapshot(4, version=2, n=2))
        assert await journal.load_snapshot(ENTITY) == snapshot(4, version=2, n=2)

    async def test_a_snapshot_does_not_bring_a_deleted_entity_back(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await journal.delete(ENTITY, epoch=writer.epoch)
        await journal.save_snapshot(snapshot(4, n=1))
        assert await journal.load_snapshot(ENTITY) is None
        assert await journal.head(ENTITY) is None

    async def test_a_text_in_events_and_snapshots_is_stored_once(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        text = "x" * 100_000
        await writer.append(happened(text=text))
        for seq in (1, 2, 3):
            await journal.save_snapshot(snapshot(seq, messages=[text, text]))
            assert (await journal.sizes())["blobs"] == len(text)

    async def test_a_text_that_only_a_replaced_snapshot_held_is_removed(
        self, journal: Journal
    ) -> None:
        await Writer.claim(journal)
        await journal.save_snapshot(snapshot(1, text="x" * 100_000))
        await journal.save_snapshot(snapshot(2, text="y" * 50_000))
        assert (await journal.sizes())["blobs"] == 50_000
        assert await journal.load_snapshot(ENTITY) == snapshot(2, text="y" * 50_000)
