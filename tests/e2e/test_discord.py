"""Discord before the whole product: discord.py, an adapter actor and hosts, killed in the midst."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import httpx
import pytest
import pytest_asyncio

from liteagent.cluster.environment import free_ports
from liteagent.testing.discord import FakeDiscord, Message
from tests.discord_adapter.stage import Stage
from tests.e2e.client import Native, sent, types
from tests.e2e.home import Home
from tests.e2e.script import GREETING, LOOKING, STORY, Model, told
from tests.e2e.up import Up

ADAPTER, HOST = "ray::AttendantActor", "ray::Host"
SECONDS = 120.0


class Office:
    """Ann and Bob on a server with the bot, and what they see there."""

    def __init__(self, discord: FakeDiscord) -> None:
        self.discord, self.stage = discord, Stage(discord)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.discord.token,
            "LITEAGENT_DISCORD_API_URL": self.discord.api_url,
            "LITEAGENT_DISCORD_GATEWAY_URL": self.discord.gateway_url,
        }

    async def until(self, condition: Callable[[], object]) -> None:
        await self.discord.until(condition, seconds=SECONDS)

    async def mention(self, text: str) -> int:
        """Ann speaks to the bot in the channel; the thread that this opens has this id."""
        said = f"<@{self.discord.bot_id}> {text}"
        return await self.discord.say(self.stage.ann, self.stage.channel, said)

    def texts(self, thread: int) -> list[str]:
        """What the bot wrote there, cards left out."""
        return [each.content.strip() for each in self._ours(thread) if not each.embeds]

    def cards(self, thread: int) -> list[Message]:
        return [each for each in self._ours(thread) if each.embeds]

    def _ours(self, thread: int) -> list[Message]:
        messages = self.discord.messages(thread)
        return [each for each in messages if each.author.bot]

    async def card(self, thread: int) -> Message:
        """The open card there, as soon as there is one."""
        await self.until(lambda: any(each.buttons for each in self.cards(thread)))
        return next(each for each in self.cards(thread) if each.buttons)

    async def edit_and_approve(self, card: Message, text: str) -> None:
        """Bob opens the form and sends it with this text."""
        (button,) = [each for each in card.buttons if each["label"].startswith("Edit")]
        asked = await self.discord.click(self.stage.bob, card.id, button["custom_id"])
        await self.until(lambda: asked.done)
        assert asked.modal is not None
        form = await self.discord.submit(self.stage.bob, asked, {_field(asked.modal, "text"): text})
        await self.until(lambda: form.done)
        assert form.answered

    async def sees_settled(self, thread: int) -> None:
        """Wait until the one card there says that Bob has edited and approved."""

        def says_so() -> bool:
            (card,) = self.cards(thread)
            return not card.buttons and "approved by bob" in str(card.embeds).lower()

        await self.until(says_so)

    async def sees(self, thread: int, *texts: str) -> None:
        await self.until(lambda: self.texts(thread) == list(texts))


def _field(modal: dict[str, Any], label: str) -> str:
    inputs = [part for row in modal["components"] for part in _inside(row)]
    return next(each["custom_id"] for each in inputs if label in each["custom_id"])


def _inside(row: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [*row.get("components", ()), *([row["component"]] if "component" in row else ())]


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def office() -> AsyncGenerator[Office]:
    async with FakeDiscord(answer_seconds=SECONDS) as discord:
        yield Office(discord)


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def serving(
    office: Office, model: Model, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Up]:
    home = Home(tmp_path_factory.mktemp("discord"))
    home.furnish()
    (port,) = free_ports(1)
    up = Up(home, port, home.environment(model.url, None) | office.environment)
    try:
        await up.start()
        yield up
        up.interrupt()
        assert await up.ended() == 0
    finally:
        await up.clean_up()


@pytest_asyncio.fixture(loop_scope="package")
async def api(serving: Up) -> AsyncGenerator[Native]:
    headers = {"Authorization": f"Bearer {serving.key}"}
    async with httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=SECONDS) as http:
        yield Native(http)


@pytest_asyncio.fixture(loop_scope="package", autouse=True)
async def connected(serving: Up, office: Office) -> None:
    await office.until(lambda: office.discord.connected)


async def test_a_mention_is_answered_in_its_thread_and_the_thread_goes_on(office: Office) -> None:
    thread = await office.mention("hello")
    await office.sees(thread, "".join(GREETING))
    await office.discord.say(office.stage.bob, thread, "and hello again")
    await office.sees(thread, *["".join(GREETING)] * 2)


@pytest.mark.parametrize("victims", [(), (ADAPTER,), (HOST,), (ADAPTER, HOST)])
async def test_a_request_is_edited_and_approved_and_answered_once_whatever_is_killed_meanwhile(
    serving: Up, office: Office, api: Native, model: Model, victims: Sequence[str]
) -> None:
    """Killed while the card waits, and again while the answer streams."""
    name = "-".join(["ray", *(title.rpartition("::")[2].lower() for title in victims)])
    thread = await office.mention(f"publish {name}")
    card = await office.card(thread)
    await kill(serving, office, victims)
    await office.edit_and_approve(card, f"tell:{name}:3")
    await office.sees_settled(thread)
    await office.until(lambda: office.texts(thread)[1:] == [told(3).rstrip()])
    await kill(serving, office, victims)
    model.let(name)
    await office.sees(thread, LOOKING, "".join(STORY))

    journal = await api.journal(f"{office.stage.guild}:{thread}")
    for type in ("message.received", "approval.requested", "approval.decided", "tool.succeeded"):
        assert types(journal).count(type) == 1, type
    assert sent(journal) == "".join(STORY)
    assert serving.home.written(f"tell:{name}:3") == 1
    assert serving.home.written(name) == 0
    assert len(office.cards(thread)) == 1


async def kill(serving: Up, office: Office, victims: Sequence[str]) -> None:
    """SIGKILL, and wait until the adapter listens again."""
    before = office.discord.gateway.identified
    for title in victims:
        serving.process(title).kill()
    if ADAPTER in victims:
        await office.until(lambda: office.discord.gateway.identified > before)
