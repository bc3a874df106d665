"""What is large is written and hashed where it holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from liteagent.events import Draft, Head
from liteagent.journal import Append, open_sqlite
from liteagent.journal.codec import LARGE


class Watched(Mapping[str, Any]):
    """Knows which threads have looked into it."""

    def __init__(self, **items: Any) -> None:
        self._items = items
        self.seen: list[int] = []

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        self.seen.append(threading.get_ident())
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


async def stored(path: Path, data: Mapping[str, Any]) -> Any:
    """The data as it is read back."""
    async with await open_sqlite(path) as journal:
        row = await journal.claim("session/1", "host", 1.0)
        write = Append(
            entity=row.entity,
            epoch=row.epoch,
            expected_seq=0,
            ts=1.0,
            drafts=[Draft("said", data)],
            head=Head(),
        )
        await journal.append(write)
        return (await journal.read(row.entity))[0].data


async def test_a_large_text_is_encoded_in_another_thread(tmp_path: Path) -> None:
    beside = Watched(a=1)
    found = await stored(tmp_path / "j.db", {"text": "ü" * LARGE, "beside": beside})
    assert found == {"text": "ü" * LARGE, "beside": {"a": 1}}
    assert beside.seen
    assert threading.get_ident() not in beside.seen


async def test_a_large_result_is_hashed_in_another_thread(tmp_path: Path) -> None:
    result = Watched(rows=["x" * 100_000] * 3)
    found = await stored(tmp_path / "j.db", {"result": result})
    assert found == {"result": {"rows": ["x" * 100_000] * 3}}
    assert result.seen[-1] != threading.get_ident()


@pytest.mark.parametrize("size", [1, 40_000])
async def test_what_is_small_goes_no_roundabout_way(tmp_path: Path, size: int) -> None:
    beside = Watched(text="x" * size)
    await stored(tmp_path / "j.db", {"beside": beside})
    assert set(beside.seen) == {threading.get_ident()}
