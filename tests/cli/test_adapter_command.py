"""`adapter` serves a chat platform here, and `doctor` says what keeps it from that."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liteagent.chat.inbound import Clicked
from liteagent.chat.inbox import ChatInbox, Pending
from liteagent.chat.places import Person, Place
from liteagent.journal import open_journal
from liteagent.testing.distributions import write_distribution
from tests.cli.campfire import TOKEN
from tests.cli.command_line import CommandLine


@pytest.fixture(autouse=True)
def campfire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    write_distribution(
        tmp_path / "site",
        "liteagent-campfire",
        plugins={"campfire": "liteagent_campfire"},
        modules={"liteagent_campfire": "from tests.cli.campfire import register_adapters"},
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop("liteagent_campfire", None)


def findings(cli: CommandLine) -> list[str]:
    said = cli("doctor", "--json").json
    return [f"{each['level']}: {each['text']}" for each in said if each["check"] == "campfire"]


def test_it_runs_over_the_agents_here_and_says_how_it_is(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "dry")
    said = cli("adapter", "campfire", "--in-process")
    assert said.code == 0
    assert said.err.count("Burning for assistant.") == 1, "that it goes on is no news"


def test_one_without_a_token_says_which(cli: CommandLine) -> None:
    said = cli("adapter", "campfire", "--in-process")
    assert said.code == 1
    assert said.err == f"{TOKEN} is not set: make one at the campfire.\n"


def test_one_that_its_platform_refuses_ends_with_what_to_do(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "wet")
    said = cli("adapter", "campfire", "--in-process")
    assert said.code == 1
    assert said.err == "The wood is wet: dry it.\n"


def test_an_unknown_platform_is_told_with_the_near_ones(cli: CommandLine) -> None:
    said = cli("adapter", "campfires")
    assert said.code == 2
    assert "did you mean campfire?" in said.err


def test_an_unknown_agent_is_told_with_the_near_ones(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "dry")
    said = cli("adapter", "campfire", "--in-process", "--agent", "assistent")
    assert said.code == 2
    assert "assistant" in said.err


def test_without_a_server_it_says_how_to_have_one(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "dry")
    said = cli("adapter", "campfire")
    assert said.code == 1
    assert "start `liteagent up`" in said.err
    assert "--in-process" in said.err


def test_doctor_asks_the_platforms_whose_tokens_are_set(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings(cli) == [f"note: not used: {TOKEN} is not set"]
    monkeypatch.setenv(TOKEN, "dry")
    assert findings(cli) == ["ok: It burns."]
    monkeypatch.setenv(TOKEN, "wet")
    assert findings(cli) == ["wrong: The wood is wet: dry it."]


async def give_up(home: Path) -> None:
    async with await open_journal(f"sqlite:///{home}/journal.db") as journal:
        place = Place(team="T", channel="C")
        item = Clicked(
            id="click-1", value="", place=place, message_id="", person=Person(id="U"), ts=0.0
        )
        pending = Pending(item=item, received_at=0.0)
        await ChatInbox(journal, "campfire").set_aside(pending, "The wood was wet.", 1.0)


def test_doctor_tells_what_was_given_up(cli: CommandLine) -> None:
    cli("chat", "-m", "hello")
    asyncio.run(give_up(cli.home))
    assert "note: click-1 was given up: The wood was wet." in findings(cli)
