"""What the configuration folders say: the default agent, and which plugins load."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from liteagent.agents.configuration import Configuration
from liteagent.config import Settings
from liteagent.errors import AgentNotFoundError, ConfigurationError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "LITEAGENT_PLUGINS_ALLOW"):
        monkeypatch.delenv(name, raising=False)


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(home=tmp_path / "home", **more)  # type: ignore[arg-type]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def agent(path: Path, name: str) -> None:
    write(path / "agents" / f"{name}.yaml", f"name: {name}\nmodel: demo/demo\n")


def default_of(configuration: Configuration) -> str:
    return configuration.default_agent(configuration.agents()).name


def test_without_any_configuration_the_assistant_is_talked_to(tmp_path: Path) -> None:
    assert default_of(Configuration.load(settings(tmp_path))) == "assistant"


def test_the_only_configured_agent_is_talked_to(tmp_path: Path) -> None:
    agent(tmp_path / "configs", "ops")
    assert default_of(Configuration.load(settings(tmp_path))) == "ops"


def test_of_several_agents_none_is_preferred_unless_the_file_says_so(tmp_path: Path) -> None:
    agent(tmp_path / "configs", "ops")
    agent(tmp_path / "home", "desk")
    assert default_of(Configuration.load(settings(tmp_path))) == "assistant"
    write(tmp_path / "configs" / "liteagent.yaml", "agent: desk\n")
    assert default_of(Configuration.load(settings(tmp_path))) == "desk"


def test_a_default_agent_that_does_not_exist_is_told(tmp_path: Path) -> None:
    write(tmp_path / "configs" / "liteagent.yaml", "agent: assistent\n")
    with pytest.raises(AgentNotFoundError, match="did you mean assistant"):
        default_of(Configuration.load(settings(tmp_path)))


@pytest.mark.parametrize(
    ("keys", "model"),
    [
        ({}, "demo/demo"),
        ({"anthropic_api_key": SecretStr("k")}, "anthropic/claude-sonnet-4-5"),
        ({"openai_api_key": SecretStr("k"), "anthropic_api_key": SecretStr("k")}, "openai/gpt-4o"),
    ],
)
def test_the_assistant_asks_the_first_provider_that_has_a_key(
    tmp_path: Path, keys: dict[str, SecretStr], model: str
) -> None:
    agents = Configuration.load(settings(tmp_path, **keys)).agents()
    assert agents.get("assistant").model == (model,)


def test_a_folder_that_was_asked_for_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder: --config"):
        Configuration.load(settings(tmp_path), tmp_path / "nowhere")


def test_the_folder_that_was_asked_for_takes_the_place_of_configs(tmp_path: Path) -> None:
    agent(tmp_path / "configs", "ops")
    agent(tmp_path / "other", "desk")
    configuration = Configuration.load(settings(tmp_path), tmp_path / "other")
    assert [spec.name for spec in configuration.agents().all()] == ["assistant", "desk"]


def test_a_field_that_does_not_exist_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path / "configs" / "liteagent.yaml", "agent: ops\nplugin: {}\n")
    with pytest.raises(ConfigurationError, match=r"line 2: plugin is not a field.*plugins"):
        Configuration.load(settings(tmp_path))


def test_every_list_of_disabled_plugins_counts_and_the_first_of_enabled_ones(
    tmp_path: Path,
) -> None:
    write(tmp_path / "configs" / "liteagent.yaml", "plugins: {enabled: [a, b], disabled: [b]}\n")
    write(tmp_path / "home" / "liteagent.yaml", "plugins: {enabled: [c], disabled: [d]}\n")
    write(tmp_path / "home" / "plugins.yaml", "plugins: {disabled: [e]}\n")
    selection = Configuration.load(settings(tmp_path)).selection()
    assert selection.allow == {"a", "b"}
    assert selection.deny == {"b", "d", "e"}


def test_the_environment_says_which_plugins_load_before_any_file(tmp_path: Path) -> None:
    write(tmp_path / "configs" / "liteagent.yaml", "plugins: {enabled: [a]}\n")
    asked = settings(tmp_path, plugins_allow=["demo"], plugins_deny=["openai"])
    selection = Configuration.load(asked).selection()
    assert (selection.allow, selection.deny) == ({"demo"}, {"openai"})
