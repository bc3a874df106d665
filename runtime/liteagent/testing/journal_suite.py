"""The contract of the journal as tests: what every backend must do.

A backend's own tests are these, with five lines (and pytest-asyncio in its `auto` mode):

    class TestMyJournal(JournalContract):
        @pytest.fixture
        async def journal(self, tmp_path):
            async with await open_my_journal(tmp_path / "journal") as journal:
                yield journal
"""

from __future__ import annotations

from liteagent.testing.journal_contract.concurrency import ConcurrencyContract
from liteagent.testing.journal_contract.heads import HeadsContract
from liteagent.testing.journal_contract.ownership import OwnershipContract
from liteagent.testing.journal_contract.reading import ReadingContract
from liteagent.testing.journal_contract.records import RecordsContract
from liteagent.testing.journal_contract.snapshots import SnapshotsContract
from liteagent.testing.journal_contract.values import ValuesContract
from liteagent.testing.journal_contract.writing import WritingContract

__all__ = ["JournalContract"]


class JournalContract(
    OwnershipContract,
    WritingContract,
    ReadingContract,
    HeadsContract,
    SnapshotsContract,
    RecordsContract,
    ValuesContract,
    ConcurrencyContract,
):
    """Every test of the contract; a subclass gives the fixture `journal`, an empty journal."""
