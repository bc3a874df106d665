"""Every JSON value comes back as it was, and long texts are stored once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from liteagent.journal import INLINE_LIMIT, Journal
from liteagent.testing.journal_contract.base import ENTITY, JournalSuite, Writer, happened

_LONG = "x" * (INLINE_LIMIT + 1)
_VALUES: dict[str, Any] = {
    "constants": [None, True, False],
    "integers": [0, -1, 2**53 + 1, 2**64, -(10**400)],
    "floats": [0.0, -0.0, 0.1, 1e308, 5e-324, 1763800000.123456, 1e16],
    "texts": ["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "☃", "😀", "\u2028", '"\\/\b'],
    "keys": {"": 1, "\0": 2, "\ud83d": 3, "😀": 4, "a.b": 5, "$": 6},
    "nested": [[[[{"a": [{"b": {}}, []]}]]]],
    "looks like a blob": {"$blob": "0" * 64},
    "looks like an escaped blob": [{"$$blob": {"$blob": "a"}, "$$$blob": 1}, "$blob", ["$blob"]],
    "at the inline limit": "x" * INLINE_LIMIT,
    "long": _LONG,
    "long and odd": ["é" * INLINE_LIMIT + "\0\ud800😀", "\0" * (INLINE_LIMIT + 1)],
    "long beside a marker": {"$blob": _LONG, "a": [_LONG, {"$$blob": _LONG}]},
}


class ValuesContract(JournalSuite):
    """Values in, the same values out."""

    @pytest.mark.parametrize("name", _VALUES)
    async def test_a_value_comes_back_exactly(self, journal: Journal, name: str) -> None:
        value = _VALUES[name]
        writer = await Writer.claim(journal)
        await writer.append(happened(value=value))
        (event,) = await journal.read(ENTITY)
        assert event.data == {"value": value}
        assert repr(event.data) == repr({"value": value})

    async def test_a_text_of_ten_megabytes_comes_back(self, journal: Journal) -> None:
        writer = await Writer.claim(journal)
        text = "0123456789 ☃ 😀 \ud800" * 700_000
        await writer.append(happened(text=text), happened(text="short"))
        first, second = await journal.read(ENTITY)
        assert first.data["text"] == text
        assert second.data["text"] == "short"

    async def test_the_same_long_text_is_stored_once(self, journal: Journal) -> None:
        for entity in ("session/one", "session/two"):
            writer = await Writer.claim(journal, entity)
            await writer.append(happened(text=_LONG), happened(texts=[_LONG, _LONG]))
        sizes = await journal.sizes()
        assert sizes["blobs"] == len(_LONG)
        assert sizes["events"] < 1000

    async def test_a_long_text_goes_with_the_last_entity_that_refers_to_it(
        self, journal: Journal
    ) -> None:
        one, two = await Writer.claim(journal), await Writer.claim(journal, "session/two")
        await one.append(happened(text=_LONG))
        await two.append(happened(text=_LONG), happened(text=_LONG + "y"))
        await journal.delete(one.entity, epoch=one.epoch)
        first, second = await journal.read("session/two")
        assert (first.data["text"], second.data["text"]) == (_LONG, _LONG + "y")
        await journal.delete(two.entity, epoch=two.epoch)
        assert (await journal.sizes())["blobs"] == 0

    async def test_the_log_grows_by_what_is_said_and_not_by_what_was_said_before(
        self, journal: Journal
    ) -> None:
        writer = await Writer.claim(journal)
        sizes: list[int] = []
        for turn in range(1, 101):
            await writer.append(happened("message.received", f"turn:{turn:03}", text="x" * 200))
            sizes.append((await journal.sizes())["events"])
        growth = {later - earlier for earlier, later in pairwise(sizes)}
        assert len(growth) == 1
