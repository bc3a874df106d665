from __future__ import annotations

from pathlib import Path

import pytest

from liteagent.errors import ConfigurationError
from liteagent.journal import Journal, MemoryJournal, SqliteJournal, open_journal


async def test_a_journal_in_memory() -> None:
    async with await open_journal("memory://") as journal:
        assert isinstance(journal, MemoryJournal)


async def test_three_slashes_and_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with await open_journal("sqlite:///data/here/journal.db") as journal:
        assert isinstance(journal, SqliteJournal)
        assert journal.path == tmp_path / "data" / "here" / "journal.db"
    assert (tmp_path / "data" / "here" / "journal.db").exists()


async def test_four_slashes_and_an_absolute_path(tmp_path: Path) -> None:
    path = tmp_path / "a place%20#1" / "journal.db"
    async with await open_journal(f"sqlite:///{path}") as journal:
        await journal.claim("session/1", "host", 1.0)
    assert path.exists()


async def test_a_plugin_adds_a_scheme_and_is_given_the_whole_url() -> None:
    given: list[str] = []

    async def opener(url: str) -> Journal:
        given.append(url)
        return MemoryJournal()

    async with await open_journal("redis://host:1/2", schemes={"redis": opener}):
        assert given == ["redis://host:1/2"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://:secret@host/0", "liteagent-runtime[redis]"),
        ("postgresql://me:secret@host/db", "liteagent-runtime[postgres]"),
        ("sqllite:///secret.db", "sqlite"),
        ("mongodb://me:secret@host", "memory, sqlite"),
        ("journal.db", "sqlite:///"),
        ("", "sqlite:///"),
        ("memory://name", "memory://"),
        ("sqlite://", "sqlite:///"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite://host/path", "sqlite:///"),
        ("sqlite:///:memory:", "memory://"),
        ("sqlite:///journal.db?mode=ro", "sqlite:///"),
    ],
)
async def test_a_url_that_nothing_opens_says_what_to_do(url: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await open_journal(url)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.field == "LITEAGENT_JOURNAL_URL"
