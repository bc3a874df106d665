"""Reading events and finding them by key."""

from __future__ import annotations

from liteagent.journal import Journal
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened


class ReadingContract(JournalSuite):
    """What was stored is found again."""

    async def test_events_are_read_in_pages(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(*(happened(n=n) for n in range(1, 8)))
        assert [event.seq for event in await journal.read(ENTITY, limit=3)] == [1, 2, 3]
        assert [event.seq for event in await journal.read(ENTITY, after=3, limit=3)] == [4, 5, 6]
        assert [event.seq for event in await journal.read(ENTITY, after=6, limit=3)] == [7]
        assert await journal.read(ENTITY, after=7) == []

    async def test_an_entity_reads_its_own_events_only(self, journal: Journal) -> None:
        one, two = await Writer.claim(journal), await Writer.claim(journal, "session/two")
        await one.append(happened("a"))
        await two.append(happened("b"))
        await one.append(happened("c"))
        assert [event.type for event in await journal.read(ENTITY)] == ["a", "c"]
        assert [event.type for event in await journal.read("session/two")] == ["b"]

    async def test_an_unknown_entity_has_no_events_and_no_head(self, journal: Journal) -> None:
        assert await journal.read("session/unknown") == []
        assert await journal.head("session/unknown") is None

    async def test_an_event_is_located_by_each_of_its_keys(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened(), happened("a", "idem:Ä/1", "turn:1"))
        for key in ("idem:Ä/1", "turn:1"):
            assert await journal.locate(key) == (ENTITY, 2)
            assert await journal.locate(key, entity=ENTITY) == (ENTITY, 2)
            assert await journal.locate(key, entity="session/two") is None
        assert await journal.locate("idem:") is None
        assert await journal.locate("turn:1 ") is None

    async def test_of_several_entities_the_one_that_stored_a_key_first_is_located(
        self, journal: Journal
    ) -> None:
        names = ("session/c", "session/a", "session/b")
        writers = [await Writer.claim(journal, name) for name in sorted(names)]
        by_name = {writer.entity: writer for writer in writers}
        for name in names:
            await by_name[name].append(happened("a", "idem:1"))
        assert await journal.locate("idem:1") == ("session/c", 1)
        await journal.delete("session/c", epoch=by_name["session/c"].epoch)
        assert await journal.locate("idem:1") == ("session/a", 1)

    async def test_names_may_hold_any_printable_character(self, journal: Journal) -> None:
        entity = "session/T1:C2/1763.5 %?*'\"\\☃😀\n{x}"
        writer = await Writer.claim(journal, entity)
        await writer.append(happened("a", entity))
        assert [event.type for event in await journal.read(entity)] == ["a"]
        assert await journal.locate(entity) == (entity, 1)
