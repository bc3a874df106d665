"""Records: versions, compare-and-set, listing."""

from __future__ import annotations

import pytest

from liteagent.errors import ConflictError
from liteagent.journal import Journal, Record
from liteagent.testing.journal_contract.base import JournalSuite


class RecordsContract(JournalSuite):
    """Small documents beside the events."""

    async def test_a_record_is_kept_with_a_version_that_starts_at_one(
        self, journal: Journal
    ) -> None:
        value = {"text": "a\0b\ud800", "n": [1, {"$blob": None}]}
        assert await journal.get_record("keys", "k") is None
        stored = await journal.put_record("keys", "k", value)
        assert stored == Record(collection="keys", key="k", version=1, value=value)
        assert await journal.get_record("keys", "k") == stored
        assert (await journal.put_record("keys", "k", {"n": 2})).version == 2
        assert await journal.get_record("keys", "k") == Record(
            collection="keys", key="k", version=2, value={"n": 2}
        )

    async def test_a_record_that_must_not_exist_is_made_once(self, journal: Journal) -> None:
        await journal.put_record("keys", "k", {"n": 1}, expected=0)
        with pytest.raises(ConflictError):
            await journal.put_record("keys", "k", {"n": 2}, expected=0)
        record = await journal.get_record("keys", "k")
        assert record is not None
        assert (record.version, record.value) == (1, {"n": 1})

    async def test_a_record_is_replaced_only_at_the_version_expected(
        self, journal: Journal
    ) -> None:
        with pytest.raises(ConflictError):
            await journal.put_record("keys", "k", {}, expected=1)
        await journal.put_record("keys", "k", {"n": 1})
        await journal.put_record("keys", "k", {"n": 2}, expected=1)
        with pytest.raises(ConflictError):
            await journal.put_record("keys", "k", {"n": 3}, expected=1)
        record = await journal.get_record("keys", "k")
        assert record is not None
        assert (record.version, record.value) == (2, {"n": 2})

    async def test_deleting_tells_whether_there_was_one(self, journal: Journal) -> None:
        await journal.put_record("keys", "k", {})
        assert await journal.delete_record("keys", "k") is True
        assert await journal.delete_record("keys", "k") is False
        assert await journal.get_record("keys", "k") is None
        assert (await journal.put_record("keys", "k", {}, expected=0)).version == 1

    async def test_a_collection_is_listed_in_key_order_by_pages(self, journal: Journal) -> None:
        for key in ("b", "a", "é", "c", "Z", "😀"):
            await journal.put_record("keys", key, {"key": key})
        await journal.put_record("bindings", "a", {})
        assert [record.key for record in await journal.records("keys")] == [
            "Z",
            "a",
            "b",
            "c",
            "é",
            "😀",
        ]
        page = await journal.records("keys", after="a", limit=2)
        assert [(record.key, record.value) for record in page] == [
            ("b", {"key": "b"}),
            ("c", {"key": "c"}),
        ]
        assert await journal.records("nothing") == []
