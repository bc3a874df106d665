"""How much the file holds, by part."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

_SUMS = {
    "events": "SELECT sum(length(data)) FROM appends",
    "blobs": "SELECT sum(length(content)) FROM blobs",
    "snapshots": "SELECT sum(length(state)) FROM snapshots",
    "keys": "SELECT sum(length(CAST(key AS BLOB))) FROM keys",
    "records": "SELECT sum(length(value)) FROM records",
}


def measure(db: sqlite3.Connection) -> Mapping[str, int]:
    """Bytes of content, by part."""
    return {part: db.execute(query).fetchone()[0] or 0 for part, query in _SUMS.items()}
