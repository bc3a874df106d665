"""Agents are the YAML files of two folders; they are read again when they change."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from liteagent.agents.directory import AgentFiles
from liteagent.agents.spec import AgentSpec
from liteagent.errors import AgentNotFoundError, ConfigurationError
from liteagent.testing import FakeClock


class Folder:
    """A folder with an `agents/`; every write is seen as a change, however quick it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writes = 0

    def write(self, file: str, name: str, purpose: str = "Tidies.") -> Path:
        return self.put(file, f"name: {name}\npurpose: {purpose}\nmodel: demo/demo\n")

    def put(self, file: str, text: str) -> Path:
        path = self.path / "agents" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self._writes += 1
        os.utime(path, ns=(self._writes, self._writes))
        return path


@pytest.fixture
def configs(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "configs")


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "home")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def agent_files(*folders: Folder, clock: FakeClock, **more: object) -> AgentFiles:
    return AgentFiles([folder.path for folder in folders], clock=clock, **more)  # type: ignore[arg-type]


def test_the_name_in_the_file_counts_and_not_the_name_of_the_file(
    configs: Folder, clock: FakeClock
) -> None:
    path = configs.write("whatever.yaml", "ops")
    agents = agent_files(configs, clock=clock)
    assert agents.get("ops").purpose == "Tidies."
    assert agents.path_of("ops") == path


def test_the_earlier_folder_wins_and_the_later_one_adds(
    configs: Folder, home: Folder, clock: FakeClock
) -> None:
    configs.write("ops.yaml", "ops", "Configured.")
    home.write("ops.yaml", "ops", "Applied.")
    home.write("desk.yaml", "desk")
    agents = agent_files(configs, home, clock=clock)
    assert agents.get("ops").purpose == "Configured."
    assert [spec.name for spec in agents.all()] == ["desk", "ops"]


def test_one_name_twice_in_a_folder_is_refused_and_both_files_are_named(
    configs: Folder, clock: FakeClock
) -> None:
    first, second = configs.write("a.yaml", "ops"), configs.write("b.yaml", "ops")
    with pytest.raises(ConfigurationError) as caught:
        agent_files(configs, clock=clock)
    assert str(first) in str(caught.value)
    assert str(second) in str(caught.value)


def test_a_broken_file_at_the_start_is_an_error_with_file_line_and_field(
    configs: Folder, clock: FakeClock
) -> None:
    path = configs.put("ops.yaml", "name: ops\nmodel: demo/demo\noverlap: sometimes\n")
    with pytest.raises(ConfigurationError) as caught:
        agent_files(configs, clock=clock)
    message = str(caught.value)
    assert f"{path}, line 3" in message
    assert "overlap" in message
    assert "'enqueue'" in message


def test_an_unknown_name_is_told_with_the_names_that_come_near(
    configs: Folder, clock: FakeClock
) -> None:
    configs.write("ops.yaml", "operations")
    with pytest.raises(AgentNotFoundError, match="did you mean operations"):
        agent_files(configs, clock=clock).get("operation")


def test_no_folder_at_all_leaves_the_built_in_agents(home: Folder, clock: FakeClock) -> None:
    built_in = [AgentSpec(name="assistant", model=("demo/demo",))]
    agents = agent_files(home, clock=clock, built_in=built_in)
    assert [spec.name for spec in agents.all()] == ["assistant"]
    assert agents.path_of("assistant") is None


def test_a_file_goes_before_a_built_in_agent_of_its_name(home: Folder, clock: FakeClock) -> None:
    home.write("mine.yaml", "assistant", "Mine.")
    built_in = [AgentSpec(name="assistant", model=("demo/demo",))]
    assert agent_files(home, clock=clock, built_in=built_in).get("assistant").purpose == "Mine."


async def test_a_change_is_seen_within_a_second_and_not_looked_for_sooner(
    configs: Folder, clock: FakeClock
) -> None:
    configs.write("ops.yaml", "ops", "Old.")
    agents = agent_files(configs, clock=clock)
    configs.write("ops.yaml", "ops", "New.")
    configs.write("desk.yaml", "desk")
    await clock.advance(0.9)
    assert agents.get("ops").purpose == "Old."
    await clock.advance(0.1)
    assert agents.get("ops").purpose == "New."
    assert agents.get("desk").name == "desk"


async def test_an_agent_whose_file_is_gone_is_gone(configs: Folder, clock: FakeClock) -> None:
    path = configs.write("ops.yaml", "ops")
    agents = agent_files(configs, clock=clock)
    path.unlink()
    await clock.advance(1)
    with pytest.raises(AgentNotFoundError):
        agents.get("ops")


async def test_a_file_that_became_broken_keeps_its_last_good_version_and_says_so_once(
    configs: Folder, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    configs.write("ops.yaml", "ops", "Good.")
    agents = agent_files(configs, clock=clock)
    path = configs.put("ops.yaml", "name: ops\nmodel: demo/demo\ntools: 3\n")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await clock.advance(1)
            assert agents.get("ops").purpose == "Good."
    assert len(caplog.messages) == 1
    assert f"{path}, line 3: tools should be a list" in caplog.messages[0]
    configs.write("ops.yaml", "ops", "Mended.")
    await clock.advance(1)
    assert agents.get("ops").purpose == "Mended."


async def test_a_new_file_that_is_broken_takes_nothing_away(
    configs: Folder, clock: FakeClock
) -> None:
    configs.write("ops.yaml", "ops")
    agents = agent_files(configs, clock=clock)
    configs.put("desk.yaml", "name: [\n")
    await clock.advance(1)
    assert [spec.name for spec in agents.all()] == ["ops"]


async def test_a_name_that_became_double_leaves_the_folder_as_it_was(
    configs: Folder, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    configs.write("ops.yaml", "ops", "First.")
    agents = agent_files(configs, clock=clock)
    configs.write("more.yaml", "ops", "Second.")
    await clock.advance(1)
    assert agents.get("ops").purpose == "First."
    assert "both describe an agent named 'ops'" in caplog.text


def test_a_hidden_file_of_an_editor_is_no_agent(configs: Folder, clock: FakeClock) -> None:
    configs.write("ops.yaml", "ops")
    configs.put(".#ops.yaml", "half wr")
    assert [spec.name for spec in agent_files(configs, clock=clock).all()] == ["ops"]
