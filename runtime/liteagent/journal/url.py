"""Opening a journal by its URL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from liteagent.errors import ConfigurationError, near_misses
from liteagent.journal.contract import Journal
from liteagent.journal.memory import MemoryJournal
from liteagent.journal.sqlite import open_sqlite

Opener = Callable[[str], Awaitable[Journal]]
"""Opens the journal at a URL, the whole of which it is given."""

_SETTING = "LITEAGENT_JOURNAL_URL"
_EXTRAS = {"redis": "redis", "rediss": "redis", "postgres": "postgres", "postgresql": "postgres"}
"""By scheme, the extra of this distribution that brings its backend."""


async def open_journal(url: str, *, schemes: Mapping[str, Opener] | None = None) -> Journal:
    """Open the journal at `url`: `memory://`, `sqlite:///relative/path`, `sqlite:////absolute/path`
    (as SQLAlchemy writes them), or what plugins add in `schemes`, by scheme.

    Makes the directories of a file. Raises `ConfigurationError` for a URL that nothing here opens;
    its message holds nothing but the scheme, for there may be a password in the rest.
    """
    openers: dict[str, Opener] = {"memory": _open_memory, "sqlite": _open_file, **(schemes or {})}
    scheme, separator, _ = url.partition("://")
    if separator and scheme in openers:
        return await openers[scheme](url)
    if not separator:
        problem = f"is no URL: write {_SETTING}=sqlite:///path, or memory:// to keep nothing."
    elif extra := _EXTRAS.get(scheme):
        problem = f"needs a backend: pip install 'liteagent-runtime[{extra}]'."
    else:
        problem = f"has the scheme {scheme!r}, which nothing opens: {near_misses(scheme, openers)}"
    raise ConfigurationError(f"The journal's URL {problem}", field=_SETTING)


async def _open_memory(url: str) -> Journal:
    if url != "memory://":
        raise ConfigurationError("A journal in memory has no name: write memory://", field=_SETTING)
    return MemoryJournal()


async def _open_file(url: str) -> Journal:
    slash, path = url[len("sqlite://") :][:1], url[len("sqlite:///") :]
    if slash != "/" or not path or path == ":memory:" or "?" in path:
        raise ConfigurationError(
            f"{url} names no file: write sqlite:///relative/path or sqlite:////absolute/path,"
            " or memory:// to keep nothing.",
            field=_SETTING,
        )
    return await open_sqlite(path)
