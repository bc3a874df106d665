from __future__ import annotations

import pytest

from liteagent.cluster import UnsharedJournalError
from liteagent.cluster.journals import require_shared_journal


def test_a_journal_in_sqlite_serves_one_machine_and_no_more() -> None:
    require_shared_journal("sqlite:////data/journal.db", 1)

    with pytest.raises(UnsharedJournalError, match=r"has 2 nodes.* to Redis or PostgreSQL"):
        require_shared_journal("sqlite:////data/journal.db", 2)


def test_a_journal_in_memory_serves_no_cluster() -> None:
    with pytest.raises(UnsharedJournalError, match="LITEAGENT_JOURNAL_URL to sqlite:///path"):
        require_shared_journal("memory://", 1)


@pytest.mark.parametrize("url", ["redis://redis:6379", "postgresql://db/liteagent"])
def test_redis_and_postgresql_serve_any_number_of_nodes(url: str) -> None:
    require_shared_journal(url, 50)
