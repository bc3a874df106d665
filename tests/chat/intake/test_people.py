"""Who somebody is to the agents, and what the settings say about them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from liteagent.agents.chat_settings import ChatSettings
from liteagent.agents.configuration import Configuration
from liteagent.approvals import Approvers
from liteagent.chat.people import People
from liteagent.chat.places import Person, PersonKind
from liteagent.config import Settings
from liteagent.errors import ConfigurationError
from liteagent.principal import Principal
from tests.chat.intake.desk import BOT, GUEST

ANN = Person(id="U1", team="T1", name="Ann", email="ann@example.com", groups=("SRE",))


def principal(person: Person, platform: str = "slack", **settings: Any) -> Principal:
    claim = "slack_groups" if platform == "slack" else "discord_roles"
    return People(platform, claim, ChatSettings.model_validate(settings)).principal(person)


def test_a_member_may_chat_and_approve_in_the_name_of_their_account() -> None:
    ann = principal(ANN)
    assert ann.id == "slack:T1:U1"
    assert ann.scopes == {"chat", "approve"}
    assert ann.claims == {"slack_groups": ("SRE",), "users": ("ann@example.com",)}


def test_one_person_is_the_same_on_every_platform() -> None:
    people = {"ann": ("slack:T1:U1", "discord:42")}
    on_slack, on_discord = (
        principal(ANN, people=people),
        principal(Person(id="42"), "discord", people=people),
    )
    assert on_slack.id == on_discord.id == "ann"
    assert Approvers(users=("slack:T1:U1",)).admit(on_slack)
    assert Approvers(users=("ann@example.com",)).admit(on_slack)
    assert Approvers(users=("ann",)).admit(on_discord)


def test_members_of_a_server_that_is_not_listed_approve_nothing_by_being_there() -> None:
    assert "approve" not in principal(ANN, slack={"servers": ["T2"]}).scopes
    assert "approve" in principal(ANN, slack={"servers": ["T1"]}).scopes


def test_guests_and_bots_may_not_approve_and_members_only_if_they_are_named() -> None:
    assert not principal(GUEST).allows("approve")
    assert not principal(BOT).allows("approve")
    named = {"slack": {"approvers": {"slack_groups": ["SRE"]}}}
    assert principal(ANN, **named).allows("approve")
    assert not principal(Person(id="U2", team="T1"), **named).allows("approve")


def test_an_account_belongs_to_one_person() -> None:
    with pytest.raises(ValidationError, match="slack:T1:U1 is listed under ann and under bob"):
        ChatSettings(people={"ann": ("slack:T1:U1",), "bob": ("slack:T1:U1",)})


def configured(tmp_path: Path, first: str, second: str = "") -> ChatSettings:
    home, folder = tmp_path / "home", tmp_path / "configs"
    for path, text in ((folder, first), (home, second)):
        path.mkdir()
        (path / "liteagent.yaml").write_text(text or "{}\n", encoding="utf-8")
    return Configuration.load(Settings(home=home), folder).chat()


def test_the_first_file_goes_first(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        "chat: {people: {ann: ['slack:T1:U1']}, slack: {agent: ops}}\n",
        "chat:\n  people: {bob: ['slack:T1:U1', 'discord:7']}\n"
        "  slack: {agent: other, allow_guests: true}\n"
        "  discord: {channels: {'9': {agent: ops}}, allow_bots: ['3']}\n",
    )
    assert settings.people == {"ann": ("slack:T1:U1",), "bob": ("discord:7",)}
    assert (settings.of("slack").agent, settings.of("slack").allow_guests) == ("ops", False)
    assert settings.of("discord").channels["9"].agent == "ops"
    assert settings.of("elsewhere").agent is None


def test_a_misspelt_setting_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="allow_guest"):
        configured(tmp_path, "chat:\n  slack:\n    allow_guest: true\n")


def test_the_address_of_somebody_from_another_workspace_names_nobody() -> None:
    external = replace(ANN, id="X1", team="T2", kind=PersonKind.EXTERNAL)
    stranger = People("slack", "slack_groups", ChatSettings()).principal(external)
    assert not Approvers(users=("ann@example.com",)).admit(stranger)
