"""A whole conversation: the stand-in, the adapter on the real library, the chat core, an agent."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.adapter import AdapterParts
from liteagent.chat.platform import Platform
from liteagent.chat.service import ChatService
from liteagent.clock import SystemClock
from liteagent.testing.runtime import AgentRig
from liteagent.testing.sink import Sink
from liteagent.testing.slack import FakeSlack
from liteagent.testing.slack.records import Message
from liteagent_slack.platform import SlackPlatform
from liteagent_slack.running import SlackRunning
from liteagent_slack.settings import SlackSettings
from liteagent_slack.socket import PING_SECONDS
from tests.fixtures.rigs import script

SECONDS = 60.0
AGENT = "agent"
KEY, OTHER = "a" * 32, "b" * 32
"""Of posts."""
OPINION = "\nGood answer\nBad answer"
ARGUMENTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Name of the service."},
        "times": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def ops(**more: Any) -> AgentRig:
    """An agent with a gated tool whose arguments have a schema."""
    sink = Sink()
    restart = replace(sink.tool("restart", approval="always"), parameters=ARGUMENTS)
    return AgentRig(script(), [restart], sink=sink, **more)


class Bench:
    """`async with Bench(gated()) as bench:`; then people say and press things at `bench.slack`."""

    def __init__(
        self,
        rig: AgentRig,
        *,
        http: bool = False,
        people: Any = None,
        answer_seconds: float = SECONDS,
        ping_seconds: float = PING_SECONDS,
        **settings: Any,
    ) -> None:
        self.rig = rig
        self.rig.clock = SystemClock()  # type: ignore[assignment]
        self.slack = FakeSlack(answer_seconds=answer_seconds)
        self.settings = ChatSettings.model_validate({"people": people or {}, "slack": settings})
        self.services: list[ChatService] = []
        self.http = http
        self.ping_seconds = ping_seconds

    async def __aenter__(self) -> Self:
        await self.slack.__aenter__()
        self.ann, self.bob = self.slack.add_user("ann"), self.slack.add_user("bob")
        self.channel = self.slack.add_channel("general", members=[self.ann, self.bob])
        await self.rig.start()
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        await self.rig.stop()
        await self.slack.__aexit__(kind, error, trace)

    # -- the adapter

    @property
    def slack_settings(self) -> SlackSettings:
        return SlackSettings(
            bot_token=self.slack.bot_token,
            app_token="" if self.http else self.slack.app_token,
            signing_secret=self.slack.signing_secret,
            api_url=self.slack.api_url,
        )

    @property
    def parts(self) -> AdapterParts:
        return AdapterParts(
            runtime=self.rig.runtime,
            agents=self.rig.agents,
            clock=self.rig.clock,
            environ={},
            settings=self.settings,
            find_tool=self.find_tool,
        )

    def find_tool(self, name: str) -> Any:
        tools = {getattr(tool, "tool", tool).name: tool for tool in self.rig.tools}
        found = tools.get(name)
        return getattr(found, "tool", found)

    async def open(self) -> None:
        """Start the adapter, and wait until it is connected."""
        opened = self.slack.sockets_opened
        self.running = SlackRunning(
            self.slack_settings, self.parts, self._connect, ping_seconds=self.ping_seconds
        )
        self._task = asyncio.create_task(self.running.run())
        if not self.http:
            await self.slack.until(lambda: self.slack.sockets_opened > opened or self._task.done())
        if self._task.done():
            await self._task

    async def close(self) -> None:
        """End the adapter as its process would be ended."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def again(self) -> None:
        """Let the adapter die and start again."""
        await self.close()
        await self.open()

    def _connect(self, platform: Platform) -> ChatService:
        assert isinstance(platform, SlackPlatform)
        service = ChatService(
            platform,
            self.rig.sessions,
            default_agent=AGENT,
            settings=self.settings,
            find_tool=self.find_tool,
            clock=self.rig.clock,
        )
        self.services.append(service)
        return service

    # -- people

    async def mention(self, text: str, *, by: str = "") -> str:
        """The timestamp of a mention in the channel, which is its thread's."""
        return await self.slack.say(by or self.ann, self.channel, f"<@{self.slack.bot}> {text}")

    async def answer(self, text: str, thread: str, *, by: str = "") -> str:
        return await self.slack.say(by or self.ann, self.channel, text, thread=thread)

    # -- looking

    def session(self, thread: str, channel: str = "") -> str:
        place = f"{self.slack.team}:{channel or self.channel}"
        return f"{place}:{thread}" if thread else place

    def ours(self, thread: str | None, channel: str = "") -> list[Message]:
        """Our messages in a thread, oldest first."""
        messages = self.slack.messages(channel or self.channel, thread)
        return [message for message in messages if message.bot and not message.tombstone]

    def texts(self, thread: str | None, channel: str = "") -> list[str]:
        return [self._text(message) for message in self.ours(thread, channel)]

    def cards(self, thread: str | None, channel: str = "") -> list[Message]:
        """Messages with buttons, or which had some."""
        return [message for message in self.ours(thread, channel) if _is_card(message)]

    def open_card(self, thread: str | None, channel: str = "") -> Message | None:
        cards = self.cards(thread, channel)
        return next((card for card in cards if _has_buttons(card)), None)

    async def card(self, thread: str | None, channel: str = "") -> Message:
        found = await self.slack.until(lambda: self.open_card(thread, channel), SECONDS)
        assert found is not None
        return found

    async def shows(self, thread: str | None, *texts: str, channel: str = "") -> None:
        """Wait until these are our messages there, cards left out."""

        def said() -> list[str]:
            ours = self.ours(thread, channel)
            return [self._text(each) for each in ours if not _is_card(each)]

        await self.slack.until(lambda: said() == [text.strip() for text in texts], SECONDS)

    def _text(self, message: Message) -> str:
        """What a message says, without the buttons that ask for an opinion."""
        return self.slack.text_of(message).removesuffix(OPINION).strip()

    async def settled(self, thread: str | None, outcome: str, channel: str = "") -> None:
        """Wait until the one card there says how it ended, and has no buttons any more."""

        def says_so() -> bool:
            (card,) = self.cards(thread, channel)
            return outcome in self.slack.text_of(card).lower() and not _has_buttons(card)

        await self.slack.until(says_so, SECONDS)

    async def heard(self, thread: str, channel: str = "") -> list[str]:
        """What the session of a thread was sent, in order."""
        received = await self.rig.of_type(self.session(thread, channel), "message.received")
        return [data["text"] for data in received]


def _is_card(message: Message) -> bool:
    return any(block["type"] == "header" for block in message.blocks)


def _has_buttons(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.blocks)
