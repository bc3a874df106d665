"""Whatever goes wrong ends as one sentence that says what to do, and an exit code."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liteagent.cli.main import app
from tests.cli.command_line import CommandLine


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n")


def test_a_command_that_does_not_exist_is_told_with_near_misses(cli: CommandLine) -> None:
    said = cli("chta")
    assert said.code == 2
    assert said.err == "No such command 'chta'. Did you mean 'chat'? See `liteagent --help`.\n"


def test_a_subcommand_that_does_not_exist_points_to_its_group(cli: CommandLine) -> None:
    said = cli("sessions", "lsit")
    assert said.code == 2
    assert "See `liteagent sessions --help`." in said.err


def test_an_option_that_does_not_exist_is_told_with_near_misses(cli: CommandLine) -> None:
    said = cli("chat", "--sesion", "x")
    assert said.code == 2
    assert "--session" in said.err
    assert one_sentence(said.err)


def test_what_is_missing_is_named(cli: CommandLine) -> None:
    said = cli("sessions", "fork", "one")
    assert said.code == 2
    assert "'--at'" in said.err


def test_every_command_explains_itself(cli: CommandLine) -> None:
    said = cli("--help")
    assert said.code == 0
    for command in ("chat", "agents", "sessions", "approvals", "plugins", "tools", "keys"):
        assert command in said.out
        assert cli(command, "--help").code == 0


def test_a_setting_that_is_wrong_is_named(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_MAX_ITERATIONS", "many")
    said = cli("chat", "-m", "hello")
    assert said.code == 1
    assert "LITEAGENT_MAX_ITERATIONS should be a whole number" in said.err


def test_a_folder_that_is_not_there_is_told(cli: CommandLine) -> None:
    said = cli("chat", "--config", "nowhere", "-m", "hello")
    assert said.code == 1
    assert "nowhere is no folder" in said.err


def test_a_file_that_is_no_journal_is_left_alone(cli: CommandLine) -> None:
    journal = cli.home / "journal.db"
    journal.parent.mkdir()
    journal.write_bytes(b"not a journal" * 1000)
    said = cli("chat", "-m", "hello")
    assert said.code == 1
    assert str(journal) in said.err
    assert one_sentence(said.err)
    assert journal.read_bytes() == b"not a journal" * 1000


def test_a_journal_of_a_newer_liteagent_is_left_alone(cli: CommandLine) -> None:
    cli("chat", "--session", "one", "-m", "hello")
    journal = cli.home / "journal.db"
    with sqlite3.connect(journal) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = journal.read_bytes()
    for command in (("chat", "-m", "hello"), ("sessions", "list"), ("keys", "list")):
        said = cli(*command)
        assert said.code == 1, command
        assert "journal format 99" in said.err, command
        assert "upgrade LiteAgent" in said.err, command
    assert journal.read_bytes() == before


def test_a_data_directory_that_cannot_be_made_is_told(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LITEAGENT_HOME", str(tmp_path / "file" / "home"))
    for command in (("chat", "-m", "hello"), ("plugins", "disable", "demo")):
        said = cli(*command)
        assert said.code == 1, command
        assert str(tmp_path / "file") in said.err, command
        assert one_sentence(said.err), command


def test_a_journal_url_that_nothing_opens_is_told(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_JOURNAL_URL", "mongodb://secret@host")
    said = cli("chat", "-m", "hello")
    assert said.code == 1
    assert "mongodb" in said.err
    assert "secret" not in said.err


def test_debug_shows_where_an_error_was_raised(home: Path) -> None:
    result = CliRunner().invoke(app, ["chat", "--agent", "nobody", "-m", "hello", "--debug"])
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "No agent named 'nobody'" in result.stderr


def test_the_version_is_printed(cli: CommandLine) -> None:
    assert cli("--version").out.startswith("liteagent ")
