"""What SQLite says went wrong, as the journal's errors: one sentence, the path, the remedy."""

from __future__ import annotations

import errno
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
_SAYS_THE_SYSTEM = {
    errno.EACCES: sqlite3.SQLITE_READONLY,
    errno.EPERM: sqlite3.SQLITE_READONLY,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
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
    code = _primary_code(error)
    if code in _CORRUPT:
        return JournalCorruptError(_CORRUPT[code].format(path=path))
    if code in _UNAVAILABLE:
        return JournalUnavailableError(_UNAVAILABLE[code].format(path=path))
    return JournalUnavailableError(f"{path} cannot be used as a journal: {error}.")


def _primary_code(error: sqlite3.Error | OSError) -> int | None:
    if isinstance(error, OSError):
        return _SAYS_THE_SYSTEM.get(error.errno or 0)
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own complaint, about what it was given to decode
        return sqlite3.SQLITE_CORRUPT if "decode to UTF-8" in str(error) else None
    return code & _PRIMARY
