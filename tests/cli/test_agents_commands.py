"""Agents at the command line: listed, shown, and kept in the data directory once checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine

REPOSITORY = Path(__file__).parents[2]
OPS = "# Mine.\nname: ops\npurpose: Tidies.\nmodel: demo/demo\n"


@pytest.fixture
def file() -> Path:
    path = Path("new.yaml")
    path.write_text(OPS)
    return path


def test_agents_are_listed_with_where_they_come_from(cli: CommandLine) -> None:
    said = cli("agents", "list")
    assert "assistant" in said.out
    assert "built in" in said.out


def test_an_agent_is_shown_with_its_defaults(cli: CommandLine) -> None:
    assert cli("agents", "show", "assistant", "--json").json["overlap"] == "enqueue"
    assert "overlap: enqueue" in cli("agents", "show", "assistant").out
    assert cli("agents", "show", "nobody").code == 2


def test_an_applied_agent_is_kept_as_it_was_written_and_can_be_talked_to(
    cli: CommandLine, file: Path
) -> None:
    said = cli("agents", "apply", str(file))
    kept = cli.home / "agents" / "ops.yaml"
    assert said.code == 0
    assert str(kept) in said.out
    assert kept.read_text() == OPS
    assert cli("chat", "--agent", "ops", "-m", "hello").code == 0


def test_an_agent_whose_model_nobody_brings_is_not_kept(cli: CommandLine, file: Path) -> None:
    file.write_text("name: ops\nmodel: demoo/demo\n")
    said = cli("agents", "apply", str(file))
    assert (said.code, said.err) == (2, "No model provider named 'demoo': did you mean demo?\n")
    assert not (cli.home / "agents").exists()


def test_a_tool_that_no_plugin_brings_is_told_of_and_the_agent_is_kept(
    cli: CommandLine, file: Path
) -> None:
    file.write_text(OPS + "tools: [anounce]\n")
    said = cli("agents", "apply", str(file))
    assert said.code == 0
    assert "ops: No plugin brings the tool 'anounce': did you mean announce?" in said.err


def test_a_rule_for_a_tool_that_is_not_the_agents_is_told_with_its_line(
    cli: CommandLine, file: Path
) -> None:
    file.write_text(OPS + "tools: [announce]\napproval:\n  anounce: always\n")
    said = cli("agents", "apply", str(file))
    assert said.code == 1
    assert said.err == (
        "new.yaml, line 6: approval: the agent has no tool 'anounce': did you mean announce?\n"
    )


def test_applying_again_replaces_the_file_that_holds_the_agent(
    cli: CommandLine, file: Path
) -> None:
    folder = cli.home / "agents"
    folder.mkdir(parents=True)
    (folder / "other.yaml").write_text("name: ops\npurpose: Old.\nmodel: demo/demo\n")
    assert cli("agents", "apply", str(file)).code == 0
    assert [path.name for path in folder.iterdir()] == ["other.yaml"]
    assert cli("agents", "show", "ops", "--json").json["purpose"] == "Tidies."


def test_another_agents_file_is_not_overwritten(cli: CommandLine, file: Path) -> None:
    folder = cli.home / "agents"
    folder.mkdir(parents=True)
    (folder / "ops.yaml").write_text("name: desk\nmodel: demo/demo\n")
    said = cli("agents", "apply", str(file))
    assert said.code == 1
    assert "describes the agent 'desk'" in said.err
    assert cli("agents", "show", "desk").code == 0


def test_an_agent_that_is_wrong_is_not_kept(cli: CommandLine) -> None:
    Path("bad.yaml").write_text("name: ops\nmodel: gpt-4o\n")
    said = cli("agents", "apply", "bad.yaml")
    assert said.code == 1
    assert said.err.startswith("bad.yaml, line 2: model: provider/model")
    assert not (cli.home / "agents").exists()


def test_a_configured_agent_of_the_same_name_goes_first_and_that_is_told(
    cli: CommandLine, file: Path
) -> None:
    configured = Path("configs/agents/mine.yaml")
    configured.parent.mkdir(parents=True)
    configured.write_text("name: ops\nmodel: demo/demo\n")
    said = cli("agents", "apply", str(file))
    assert said.code == 0
    assert f"{configured} describes ops too, and goes before it." in said.err


def test_a_broken_file_is_told_by_every_command_that_needs_agents(cli: CommandLine) -> None:
    path = Path("configs/agents/ops.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("name: ops\nmodel: demo/demo\ntool: [x]\n")
    for command in (("agents", "list"), ("chat", "-m", "hello")):
        said = cli(*command)
        assert said.code == 1, command
        assert said.err == f"{path}, line 3: tool is not a field here: did you mean tools?\n"


def test_the_agents_and_settings_that_ship_load(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    ops = cli("agents", "show", "ops", "--json").json
    assert ops["approval"]["restart_service"]["quorum"] == 2
    assert ops["approval"]["restart_service"]["expires"] == 1800
    assert cli("chat", "-m", "hello").out.startswith("[demo]")
