"""The embedded journal: an SQLite file, written by one thread of each process in groups."""

from liteagent.journal.sqlite.journal import SqliteJournal, format_of, open_sqlite

__all__ = ["SqliteJournal", "format_of", "open_sqlite"]
