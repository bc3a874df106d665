"""Ids that a test can know beforehand."""

from __future__ import annotations

from collections import Counter


class CountingIds:
    """`Ids` that count for each prefix: `turn_1`, `turn_2`, `apr_1`."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()

    def new(self, prefix: str) -> str:
        self._made[prefix] += 1
        return f"{prefix}_{self._made[prefix]}"
