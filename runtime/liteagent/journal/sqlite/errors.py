"""What SQLite says went wrong, as the journal's errors: one sentence, the path, the remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from liteagent.errors import JournalCorruptError, JournalError, JournalUnavailableError

_UNAVAILABLE = {
    sqlite3.SQLITE_FULL: "The disk of {path} is full: free some space, then try again.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written: let this user write to the file and its"
    " directory.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: check that its directory exists and that"
    " this user may read and write there.",
    sqlite3.SQLITE_PERM: "{path} may not be opened: give this user the right to.",
    sqlite3.SQLITE_BUSY: "{path} stays locked by another process: find it with `fuser {path}`, and"
    " stop it or let it finish.",
    sqlite3.SQLITE_IOERR: "The system refused to read or write {path}: check the disk, its quota"
    " and the limit on file sizes, then try again.",
}
_CORRUPT = {
    sqlite3.SQLITE_CORRUPT: "{path} is damaged: restore a backup, or save what can be read with"
    " `sqlite3 {path} .recover`.",
    sqlite3.SQLITE_NOTADB: "{path} is not a journal: point LITEAGENT_JOURNAL_URL at another file.",
}
_PRIMARY = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte."""


def translated(error: sqlite3.Error | OSError, path: Path) -> JournalError:
    """The journal's error for `error`, with it as the cause."""
    failure = _failure(error, path)
    failure.__cause__ = error
    return failure


@contextmanager
def translating(path: Path) -> Generator[None]:
    """Raises what SQLite and the system say about `path` as the journal's errors."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error


def _failure(error: sqlite3.Error | OSError, path: Path) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and "decode to UTF-8" in str(error):
        code = sqlite3.SQLITE_CORRUPT
    primary = None if code is None else code & _PRIMARY
    if primary in _CORRUPT:
        return JournalCorruptError(_CORRUPT[primary].format(path=path))
    if primary in _UNAVAILABLE:
        return JournalUnavailableError(_UNAVAILABLE[primary].format(path=path))
    return JournalUnavailableError(f"{path} cannot be used as a journal: {error}.")
