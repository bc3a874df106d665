"""The journal: append-only events of entities, the only truth there is."""

from liteagent.journal.codec import INLINE_LIMIT, Encoded, decode, dump, encode, load, references
from liteagent.journal.contract import (
    JOURNAL_VERSION,
    Append,
    HeadPage,
    HeadQuery,
    HeadRow,
    Journal,
    Record,
    Snapshot,
)
from liteagent.journal.crashpoints import (
    NO_CRASH,
    POINTS,
    CrashPoints,
    KillAt,
    Moment,
    Subject,
    from_environment,
)
from liteagent.journal.cursor import Place, read_cursor, write_cursor
from liteagent.journal.memory import MemoryJournal
from liteagent.journal.names import require_names
from liteagent.journal.sqlite import SqliteJournal, open_sqlite
from liteagent.journal.url import Opener, open_journal

__all__ = [
    "INLINE_LIMIT",
    "JOURNAL_VERSION",
    "NO_CRASH",
    "POINTS",
    "Append",
    "CrashPoints",
    "Encoded",
    "HeadPage",
    "HeadQuery",
    "HeadRow",
    "Journal",
    "KillAt",
    "MemoryJournal",
    "Moment",
    "Opener",
    "Place",
    "Record",
    "Snapshot",
    "SqliteJournal",
    "Subject",
    "decode",
    "dump",
    "encode",
    "from_environment",
    "load",
    "open_journal",
    "open_sqlite",
    "read_cursor",
    "references",
    "require_names",
    "write_cursor",
]
