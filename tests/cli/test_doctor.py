"""`doctor` finds what keeps LiteAgent from working, says what mends it, and changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liteagent.journal import JOURNAL_VERSION
from liteagent.testing.distributions import write_distribution
from tests.cli.command_line import CommandLine
from tests.fixtures.old_journal import of_version_1


def wrong(cli: CommandLine) -> list[str]:
    """The checks that found something wrong, and what they say."""
    said = cli("doctor", "--json")
    found = [f"{line['check']}: {line['text']}" for line in said.json if line["level"] == "wrong"]
    assert said.code == (1 if found else 0)
    return found


@pytest.fixture
def broken_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    write_distribution(
        tmp_path / "site",
        "liteagent-broken",
        plugins={"broken": "liteagent_broken"},
        modules={"liteagent_broken": "raise RuntimeError('no')"},
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop("liteagent_broken", None)


def test_a_fresh_machine_is_well_and_stays_as_it_is(cli: CommandLine) -> None:
    assert wrong(cli) == []
    assert not cli.home.exists()


def test_the_report_names_what_was_looked_at(cli: CommandLine) -> None:
    report = cli("doctor").out
    for check in ("python", "data directory", "disk", "journal", "plugins", "providers", "agents"):
        assert check in report
    assert "OPENAI_API_KEY is not set" in report
    assert "`liteagent up` starts one" in report


def test_a_journal_that_is_there_is_opened(cli: CommandLine) -> None:
    cli("chat", "-m", "hello")
    assert f"{cli.home}/journal.db, format {JOURNAL_VERSION}" in cli("doctor").out


def test_a_journal_of_an_older_format_is_left_in_it(cli: CommandLine) -> None:
    cli.home.mkdir()
    of_version_1(cli.home / "journal.db")
    before = (cli.home / "journal.db").read_bytes()
    report = cli("doctor")
    assert report.code == 0
    assert "format 1" in report.out
    assert f"brings it to format {JOURNAL_VERSION}" in " ".join(report.out.split())
    assert (cli.home / "journal.db").read_bytes() == before


def test_a_damaged_journal_is_found(cli: CommandLine) -> None:
    cli.home.mkdir()
    (cli.home / "journal.db").write_bytes(b"no journal" * 1000)
    assert [line.partition(":")[0] for line in wrong(cli)] == ["journal"]


def test_a_broken_plugin_is_found_with_its_remedy(cli: CommandLine, broken_plugin: None) -> None:
    (line,) = wrong(cli)
    assert line.startswith("plugins: FAILED broken")
    assert "liteagent plugins disable broken" in line


def test_a_wrong_file_is_found_with_its_line(cli: CommandLine) -> None:
    path = Path("configs/agents/ops.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("name: ops\n")
    (line,) = wrong(cli)
    assert line.startswith(f"configuration: {path}, line 1: model is missing")


def test_a_wrong_setting_is_found(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEAGENT_LOG_LEVEL", "loud")
    (line,) = wrong(cli)
    assert "LITEAGENT_LOG_LEVEL" in line


def test_a_data_directory_that_cannot_be_made_is_found(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LITEAGENT_HOME", str(tmp_path / "file" / "home"))
    assert any(f"{tmp_path / 'file'} is no directory" in line for line in wrong(cli))


def test_an_agent_that_cannot_answer_is_a_note(cli: CommandLine) -> None:
    path = Path("configs/agents/ops.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("name: ops\nmodel: [openai/gpt-4o, nobody/x]\ntools: [restart]\n")
    assert wrong(cli) == []
    report = cli("doctor").out
    assert "ops: none of its models can be asked (OPENAI_API_KEY is not set" in report
    assert "there is no provider nobody" in report
    assert "no plugin brings restart" in report


def test_a_limit_on_cost_that_cannot_hold_is_a_note(cli: CommandLine) -> None:
    path = Path("configs/agents/ops.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(
        "name: ops\nmodel: [demo/demo, openai_compatible/ours]\nlimits: {max_cost_usd: 1}\n"
    )
    notes = [line["text"] for line in cli("doctor", "--json").json if line["check"] == "agents"]
    said = "ops: limits.max_cost_usd counts openai_compatible/ours as free, for no price is known"
    assert said in notes
    cli("agents", "apply", str(path))
    assert said in cli("agents", "apply", str(path)).err
