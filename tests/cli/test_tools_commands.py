"""Tools at the command line, called with no model and no session."""

from __future__ import annotations

from pathlib import Path

import pytest

from liteagent.testing.distributions import write_distribution
from tests.cli.command_line import CommandLine


def test_tools_are_listed_with_who_brings_them(cli: CommandLine) -> None:
    listed = {tool["name"]: tool for tool in cli("tools", "list", "--json").json}
    assert listed["announce"]["approval"] == "always"
    assert listed["announce"]["effect"] == "unsafe"
    assert listed["announce"]["plugin"]["plugin"] == "demo"
    assert "announce" in cli("tools", "list").out


def test_a_tool_is_shown_with_its_schema(cli: CommandLine) -> None:
    assert '"minLength": 1' in cli("tools", "show", "announce").out
    assert cli("tools", "show", "announce", "--json").json["parameters"]["type"] == "object"


def test_a_call_prints_the_result(cli: CommandLine) -> None:
    said = cli("tools", "call", "current_time", '{"zone": "Europe/Paris"}')
    assert said.code == 0
    assert "(Europe/Paris)" in said.out


def test_a_call_that_needs_approval_runs_only_when_it_is_given(cli: CommandLine) -> None:
    said = cli("tools", "call", "announce", '{"text": "lunch"}')
    assert said.code == 3
    assert 'announce(text="lunch") needs approval; nothing was run.' in said.err
    assert "--yes" in said.err
    assert cli.announcements == []
    assert cli("tools", "call", "announce", '{"text": "lunch"}', "--yes").code == 0
    assert cli.announcements == ["lunch"]


def test_a_tool_that_fails_exits_with_1_and_its_reason(cli: CommandLine) -> None:
    said = cli("tools", "call", "current_time", '{"zone": "Mars"}')
    assert said.code == 1
    assert "There is no time zone 'Mars'" in said.err


def test_arguments_that_do_not_fit_are_wrong_usage(cli: CommandLine) -> None:
    for arguments in ('{"text": 3}', "{", "[]", '{"words": "x"}'):
        said = cli("tools", "call", "announce", arguments, "--yes")
        assert said.code == 2, arguments
        assert "Nothing was run" in said.err, arguments
    assert cli.announcements == []


def test_a_tool_that_is_not_there_is_told_with_near_misses(cli: CommandLine) -> None:
    said = cli("tools", "call", "anounce", "{}")
    assert said.code == 2
    assert said.err == "No tool named 'anounce': did you mean announce?\n"


def test_a_plugin_may_forbid_a_call(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
import liteagent

@liteagent.hookimpl
def before_tool_call(tool):
    raise PermissionError(f"no {tool} today")
"""
    write_distribution(
        tmp_path / "site",
        "liteagent-guard",
        plugins={"guard": "liteagent_guard"},
        modules={"liteagent_guard": source},
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    said = cli("tools", "call", "announce", '{"text": "lunch"}', "--yes")
    assert said.code == 1
    assert "no announce today" in said.err
    assert cli.announcements == []
