"""What chat platforms delivered and nobody could handle: listed, tried again, dismissed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from liteagent.chat.inbound import Inbound
from liteagent.chat.inbox import ChatInbox, Pending
from liteagent.journal import open_journal
from liteagent.testing.chat import FakeChat
from tests.cli.command_line import CommandLine


async def give_up(home: Path, *items: Inbound, platform: str = "slack") -> None:
    async with await open_journal(f"sqlite:///{home}/journal.db") as journal:
        inbox = ChatInbox(journal, platform)
        for position, item in enumerate(items):
            ts = time.time() - 3 * 3600 + position
            await inbox.set_aside(Pending(item=item, received_at=ts), "It broke.", ts)


async def waiting(home: Path, platform: str = "slack") -> Sequence[Pending]:
    async with await open_journal(f"sqlite:///{home}/journal.db") as journal:
        return await ChatInbox(journal, platform).page("", 0.0)


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.home.mkdir(exist_ok=True)
    return cli


def listed(cli: CommandLine) -> list[str]:
    return [each["id"] for each in cli("inbox", "list", "--json").json]


def test_an_item_is_listed_with_its_reason_and_its_age(cli: CommandLine) -> None:
    assert cli("inbox", "list").out == "Nothing was given up.\n"
    said = FakeChat().says("tidy the\nstaging cluster")
    asyncio.run(give_up(cli.home, said))
    (item,) = cli("inbox", "list", "--json").json
    assert (item["id"], item["platform"], item["error"]) == (said.id, "slack", "It broke.")
    assert item["item"]["text"] == said.text
    row = cli("inbox", "list").out.splitlines()[1]
    for part in (said.id, "slack", "U1", "tidy the staging cluster", "3 h ago", "It broke."):
        assert part in row


def test_an_item_that_is_tried_again_is_off_the_list_and_handled_by_whoever_serves(
    cli: CommandLine,
) -> None:
    chat = FakeChat()
    first, second = chat.says("one"), chat.says("two")
    asyncio.run(give_up(cli.home, first, second))
    assert cli("inbox", "retry", first.id).out == f"{first.id} is tried again.\n"
    assert listed(cli) == [second.id]
    (pending,) = asyncio.run(waiting(cli.home))
    assert (pending.item, pending.tries) == (first, 0)


def test_all_are_tried_again_at_once(cli: CommandLine) -> None:
    chat = FakeChat()
    items = [chat.says("one"), chat.says("two")]
    asyncio.run(give_up(cli.home, *items))
    asyncio.run(give_up(cli.home, items[0], platform="discord"))
    assert cli("inbox", "retry", "--all").code == 0
    assert listed(cli) == []
    assert len(asyncio.run(waiting(cli.home))) == 2
    assert len(asyncio.run(waiting(cli.home, "discord"))) == 1
    assert cli("inbox", "retry", "--all").out == "Nothing was given up.\n"


def test_an_item_that_is_dismissed_is_gone(cli: CommandLine) -> None:
    said = FakeChat().says("one")
    asyncio.run(give_up(cli.home, said))
    assert cli("inbox", "dismiss", said.id).out == f"{said.id} is dismissed.\n"
    assert listed(cli) == []
    assert list(asyncio.run(waiting(cli.home))) == []
    assert cli("inbox", "dismiss", said.id).code == 2


@pytest.mark.parametrize("verb", ["retry", "dismiss"])
def test_an_unknown_item_is_told_with_the_near_ones(cli: CommandLine, verb: str) -> None:
    said = FakeChat().says("one")
    asyncio.run(give_up(cli.home, said))
    told = cli("inbox", verb, said.id[:-1])
    assert told.code == 2
    assert f"did you mean {said.id}?" in told.err


@pytest.mark.parametrize("words", [(), ("x", "--all")])
def test_neither_none_nor_both_of_one_and_all_can_be_meant(
    cli: CommandLine, words: tuple[str, ...]
) -> None:
    told = cli("inbox", "dismiss", *words)
    assert told.code == 2
    assert "--all" in told.err


def test_a_journal_in_memory_has_nothing_to_list(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEAGENT_JOURNAL_URL", "memory://")
    assert "name a lasting journal" in cli("inbox", "list").err


def test_doctor_says_how_to_go_on(cli: CommandLine) -> None:
    asyncio.run(give_up(cli.home, FakeChat().says("one")))
    texts = [each["text"] for each in cli("doctor", "--json").json]
    assert any("`liteagent inbox retry ID`" in text for text in texts)
