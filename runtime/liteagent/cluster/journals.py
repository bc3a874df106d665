"""Which journals a cluster can use."""

from __future__ import annotations

from liteagent.cluster.errors import UnsharedJournalError

SETTING = "LITEAGENT_JOURNAL_URL"


def require_shared_journal(url: str, nodes: int) -> None:
    """Raises `UnsharedJournalError` for a journal that does not serve so many nodes."""
    scheme = url.partition("://")[0]
    if scheme == "memory":
        raise UnsharedJournalError(
            "A journal in memory belongs to one process, and hosts are processes of their own:"
            f" set {SETTING} to sqlite:///path, or to Redis or PostgreSQL.",
            field=SETTING,
        )
    if scheme == "sqlite" and nodes > 1:
        raise UnsharedJournalError(
            f"The Ray cluster has {nodes} nodes, and a journal in SQLite serves one machine:"
            f" set {SETTING} to Redis or PostgreSQL.",
            field=SETTING,
        )
