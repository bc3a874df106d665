"""Appends: order, atomicity, keys, closing."""

from __future__ import annotations

import pytest

from liteagent.errors import (
    DuplicateKeyError,
    FencedError,
    JournalUnavailableError,
    SequenceConflictError,
    ValidationError,
)
from liteagent.events import EVENT_VERSION, Draft, Event, Head
from liteagent.journal import Journal
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened


class WritingContract(JournalSuite):
    """What an append stores, and when it stores nothing."""

    async def test_events_are_numbered_from_one_and_carry_time_epoch_and_version(
        self, journal: Journal
    ) -> None:
        writer = await Writer.claim(journal)
        events = await writer.append(happened("a", n=1), happened("b", n=2), ts=7.5)
        assert events == [
            Event(seq=1, type="a", ts=7.5, data={"n": 1}, epoch=writer.epoch, v=EVENT_VERSION),
            Event(seq=2, type="b", ts=7.5, data={"n": 2}, epoch=writer.epoch, v=EVENT_VERSION),
        ]
        assert await journal.read(ENTITY) == events

    async def test_an_append_goes_on_where_the_last_one_ended(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened("a"), happened("b"))
        successor = await Writer.claim(journal)
        (event,) = await successor.append(happened("c"))
        assert (event.seq, event.epoch) == (3, successor.epoch)

    async def test_the_head_is_replaced_in_the_same_write(self, journal: Journal) -> None:
        writer = await Writer.claim(journal, ts=1.0)
        head = Head(
            status="waiting",
            agent="ops",
            tenant="acme",
            wake_at=12.25,
            pending=({"approval_id": "apr_1", "args": {"n": [1, 2]}}, {"approval_id": "apr_2"}),
        )
        await writer.append(happened(), head=head, ts=3.0)
        row = await journal.head(ENTITY)
        assert row is not None
        assert (row.seq, row.created_at, row.updated_at, row.head) == (1, 1.0, 3.0, head)
        await writer.append(happened(), head=Head(), ts=4.0)
        row = await journal.head(ENTITY)
        assert row is not None
        assert (row.seq, row.head) == (2, Head())

    async def test_an_append_without_drafts_replaces_the_head_alone(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened())
        assert list(await writer.append(head=Head(wake_at=3.0), ts=9.0)) == []
        row = await journal.head(ENTITY)
        assert row is not None
        assert (row.seq, row.updated_at, row.head) == (1, 9.0, Head(wake_at=3.0))

    @pytest.mark.parametrize("believed", [0, 1, 3])
    async def test_an_append_that_expects_another_last_event_is_refused(
        self, journal: Journal, believed: int
    ) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened(), happened())
        writer.seq = believed
        with pytest.raises(SequenceConflictError) as caught:
            await writer.append(happened())
        conflict = caught.value
        assert (conflict.entity, conflict.expected, conflict.actual) == (ENTITY, believed, 2)

    async def test_an_entity_holds_a_key_once(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened(), happened("a", "idem:1", "turn:1"))
        with pytest.raises(DuplicateKeyError) as caught:
            await writer.append(happened("a", "turn:1"))
        duplicate = caught.value
        assert (duplicate.entity, duplicate.key, duplicate.seq) == (ENTITY, "turn:1", 2)

    async def test_another_entity_may_hold_the_same_key(self, journal: Journal) -> None:
        for entity in ("session/one", "session/two"):
            writer = await Writer.claim(journal, entity)
            await writer.append(happened("a", "idem:1"))
            assert await journal.locate("idem:1", entity=entity) == (entity, 1)

    async def test_a_write_may_not_name_a_key_twice(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        with pytest.raises(DuplicateKeyError):
            await writer.append(happened("a", "idem:1"), happened("b", "idem:1"))
        assert await journal.read(ENTITY) == []

    async def test_the_epoch_is_checked_before_the_seq_and_the_seq_before_the_keys(
        self, journal: Journal
    ) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened("a", "idem:1"))
        again = happened("a", "idem:1")
        with pytest.raises(FencedError):
            await Writer(journal, ENTITY, writer.epoch + 1, 5).append(again)
        with pytest.raises(SequenceConflictError):
            await Writer(journal, ENTITY, writer.epoch, 5).append(again)
        with pytest.raises(DuplicateKeyError):
            await Writer(journal, ENTITY, writer.epoch, 1).append(again)

    async def test_a_refused_append_stores_nothing(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await writer.append(happened("a", "idem:1"))
        before = await journal.head(ENTITY)
        with pytest.raises(DuplicateKeyError):
            await writer.append(
                happened("b", "idem:2", text="x" * 100_000),
                happened("c", "idem:1"),
                head=Head(status="changed"),
            )
        assert await journal.head(ENTITY) == before
        assert len(await journal.read(ENTITY)) == 1
        assert await journal.locate("idem:2") is None
        assert (await journal.sizes())["blobs"] == 0
        await writer.append(happened("b", "idem:2"))

    @pytest.mark.parametrize("data", [{"a": float("nan")}, {"a": {1, 2}}, {"a": object()}])
    async def test_what_is_not_plain_json_is_refused(
        self, journal: Journal, data: dict[str, object]
    ) -> None:
        writer = await Writer.claim(journal)
        with pytest.raises(ValidationError):
            await writer.append(Draft("a", data))
        assert await journal.read(ENTITY) == []

    @pytest.mark.parametrize("name", ["with\0nul", "lone\ud800surrogate"])
    async def test_names_that_stores_cannot_compare_are_refused(
        self, journal: Journal, name: str
    ) -> None:
        writer = await Writer.claim(journal)
        with pytest.raises(ValidationError):
            await journal.claim(f"session/{name}", "host-1", 1.0)
        with pytest.raises(ValidationError):
            await writer.append(happened("a", name))
        with pytest.raises(ValidationError):
            await journal.locate(name)
        with pytest.raises(ValidationError):
            await journal.put_record("things", name, {})

    async def test_what_is_stored_does_not_change_with_the_callers_data(
        self, journal: Journal
    ) -> None:
        writer = await Writer.claim(journal)
        inner = {"n": 1}
        await writer.append(happened("a", inner=inner))
        inner["n"] = 2
        (event,) = await journal.read(ENTITY)
        assert event.data == {"inner": {"n": 1}}

    async def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        await journal.close()
        await journal.close()
        with pytest.raises(JournalUnavailableError):
            await writer.append(happened())
        with pytest.raises(JournalUnavailableError):
            await journal.read(ENTITY)
