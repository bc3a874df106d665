"""Plugins at the command line: what became of each, and turning them on and off unimported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liteagent.testing.distributions import write_distribution
from tests.cli.command_line import CommandLine


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installed plugin whose import leaves a mark and fails."""
    site, mark = tmp_path / "site", tmp_path / "imported"
    source = f"open({str(mark)!r}, 'w').close()\nimport module_that_is_not_there\n"
    write_distribution(
        site,
        "liteagent-broken",
        version="1.2",
        plugins={"broken": "liteagent_broken"},
        modules={"liteagent_broken": source},
    )
    monkeypatch.syspath_prepend(str(site))
    yield str(mark)
    sys.modules.pop("liteagent_broken", None)


def states(cli: CommandLine) -> dict[str, str]:
    return {p["name"]: p["state"] for p in cli("plugins", "list", "--json").json}


def test_plugins_are_listed_with_their_state(cli: CommandLine) -> None:
    assert states(cli)["demo"] == "loaded"
    assert "register_models, register_tools" in cli("plugins", "list").out


def test_a_plugin_is_shown_with_what_it_brings(cli: CommandLine) -> None:
    shown = cli("plugins", "show", "demo", "--json").json
    assert shown["tools"] == ["announce", "current_time"]
    assert shown["models"] == ["demo/…"]


def test_a_broken_plugin_is_told_with_its_cause_and_its_remedy_and_stops_nothing(
    cli: CommandLine, broken: str
) -> None:
    said = cli("plugins", "list")
    assert said.code == 0
    assert "FAILED broken (liteagent-broken 1.2): It needs the module" in said.out
    assert "→ pip install module_that_is_not_there" in said.out
    talked = cli("chat", "-m", "hello")
    assert talked.out.startswith("[demo] Hello!")
    assert "FAILED broken" in talked.err


def test_check_fails_when_a_plugin_is_broken(cli: CommandLine, broken: str) -> None:
    assert cli("plugins", "check").code == 1
    assert cli("plugins", "check", "demo").code == 0
    assert cli("plugins", "disable", "broken").code == 0
    assert cli("plugins", "check").code == 0


def test_a_plugin_is_turned_off_and_on_without_being_imported(
    cli: CommandLine, broken: str
) -> None:
    assert cli("plugins", "disable", "broken").code == 0
    assert cli("plugins", "list").code == 0
    assert not Path(broken).exists()
    assert states(cli)["broken"] == "disabled"
    assert cli("plugins", "enable", "broken").code == 0
    assert states(cli)["broken"] == "failed"


def test_a_plugin_that_is_off_brings_no_tools(cli: CommandLine) -> None:
    cli("plugins", "disable", "demo")
    assert cli("tools", "list", "--json").json == []
    cli("plugins", "enable", "demo")
    assert len(cli("tools", "list", "--json").json) == 2


def test_looking_at_sessions_imports_no_plugin(cli: CommandLine, broken: str) -> None:
    assert cli("sessions", "list").code == 0
    assert cli("approvals", "list").code == 0
    assert not Path(broken).exists()


def test_enable_names_the_file_that_keeps_a_plugin_off(cli: CommandLine) -> None:
    path = Path("configs/liteagent.yaml")
    path.parent.mkdir()
    path.write_text("plugins: {disabled: [demo]}\n")
    said = cli("plugins", "enable", "demo")
    assert said.code == 1
    assert said.err == f"demo stays off: it is on the deny list in {path}; change it there.\n"


def test_enable_names_the_environment_when_that_keeps_a_plugin_off(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_PLUGINS_ALLOW", "openai")
    said = cli("plugins", "enable", "demo")
    assert said.code == 1
    assert "not on the allow list in the environment (LITEAGENT_PLUGINS_ALLOW" in said.err


def test_a_plugin_that_is_not_there_is_told_with_near_misses(cli: CommandLine) -> None:
    for command in ("show", "enable", "disable", "check"):
        said = cli("plugins", command, "demmo")
        assert said.code == 2, command
        assert said.err == "No plugin named 'demmo': did you mean demo?\n", command
