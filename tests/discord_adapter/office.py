"""A stand-in Discord with two people in a channel, and the adapter over a runtime in process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import liteagent
from liteagent.agents import Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.adapter import AdapterParts, Chat
from liteagent.chat.platform import Platform
from liteagent.chat.service import ChatService
from liteagent.clock import SystemClock
from liteagent.errors import JournalUnavailableError
from liteagent.journal import Journal
from liteagent.kernel import Command, Runtime
from liteagent.testing import ScriptedModel, call, calls, says
from liteagent.testing.discord import FakeDiscord, Interaction, Message, pointed_at
from liteagent.testing.runtime import AgentRig
from liteagent.testing.wire import Wire
from liteagent.tools import Tool
from liteagent_discord.running import DiscordRunning
from liteagent_discord.settings import DiscordSettings


class World:
    """What the tool did."""

    def __init__(self) -> None:
        self.restarted: list[str] = []

    @property
    def tool(self) -> Tool:
        """Needs approval, and typed arguments."""

        @liteagent.tool(approval="always", effect="unsafe")
        def restart(name: str, times: int = 1) -> str:
            """Restart a service.

            Args:
                name: As systemctl knows it.
                times: How often.
            """
            self.restarted.append(f"{name}*{times}")
            return f"restarted {name} {times} times"

        return restart.tool


def script() -> ScriptedModel:
    """`restart NAME` asks for the tool; everything else is echoed."""
    model = ScriptedModel()
    model.on(lambda r: _last(r).startswith("restart "), _asks)
    model.on(lambda _: True, lambda r: says(f"You said: {_last(r)}"))
    return model


def _last(request: Any) -> str:
    return request.messages[-1].content


def _asks(request: Any) -> Any:
    return calls(call("restart", name=_last(request).removeprefix("restart ")))


class Severed:
    """A runtime as a process that may die sees it: then nothing of what it does counts any more."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self.wire = runtime, Wire(runtime.journal)

    @property
    def journal(self) -> Journal:
        return self.wire

    def die(self) -> None:
        self.wire.cut()

    async def ask(self, entity: str, command: Command) -> Any:
        self._check()
        return await self._runtime.ask(entity, command)

    def stream(self, *args: Any, **more: Any) -> Any:
        self._check()
        return self._runtime.stream(*args, **more)

    async def delete(self, entity: str) -> None:
        self._check()
        await self._runtime.delete(entity)

    async def close(self) -> None:
        """Whoever gave the runtime closes it."""

    def _check(self) -> None:
        if self.wire.is_cut:
            raise JournalUnavailableError("The process died.")


class LifeClock(SystemClock):
    """Time as a process that may die sees it: then nothing is waited for any more."""

    def __init__(self) -> None:
        self._is_dead = False
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def die(self) -> None:
        self._is_dead = True

    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, 0.01) if self._is_dead else seconds)


class Process:
    """A name; those of all others are gone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def is_gone(self, name: str) -> bool:
        return name != self.name


class Office:
    """`async with Office() as office:` serves; `kill` and `start` do as they say."""

    def __init__(
        self,
        *,
        model: ScriptedModel | None = None,
        settings: dict[str, Any] | None = None,
        discord: FakeDiscord | None = None,
        serve: bool = True,
        **agent: Any,
    ) -> None:
        self.world = World()
        self.tool = self.world.tool
        self.rig = AgentRig(model or script(), [self.tool], **agent)
        self.rig.clock = SystemClock()  # type: ignore[assignment]
        self.discord = discord or FakeDiscord(answer_seconds=60.0)
        self.settings = ChatSettings.model_validate({"discord": settings or {}})
        self._serve = serve
        self._task: asyncio.Task[None] | None = None
        self._dead: list[asyncio.Task[None]] = []
        self._addressed = ExitStack()
        self.lives = 0

    async def __aenter__(self) -> Self:
        discord = await self.discord.__aenter__()
        self._addressed.enter_context(pointed_at(discord))
        self.guild = discord.add_guild("Office")
        self.channel = discord.add_channel(self.guild, "general")
        self.ann = discord.add_member(self.guild, "Ann")
        self.bob = discord.add_member(self.guild, "Bob")
        await self.rig.start()
        if self._serve:
            await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
        await asyncio.gather(*self._dead, return_exceptions=True)
        self._addressed.close()
        await self.rig.stop()
        await self.discord.__aexit__(kind, error, trace)

    @property
    def mention(self) -> str:
        return f"<@{self.discord.bot_id}>"

    @property
    def wire(self) -> Wire:
        """Between the adapter and the journal."""
        return self._runtime.wire

    @property
    def clock(self) -> LifeClock:
        """The adapter's."""
        return self._clock

    # -- the adapter

    def running(self, gateway_url: str = "") -> DiscordRunning:
        """An adapter over the runtime, not yet run."""
        self.lives += 1
        settings = DiscordSettings(token=self.discord.token, gateway_url=gateway_url)
        self._runtime = runtime = Severed(self.rig.runtime)
        self._clock = clock = LifeClock()

        def connect(platform: Platform) -> Chat:
            return ChatService(
                platform,
                Sessions(runtime, self.rig.agents),
                default_agent="agent",
                settings=self.settings,
                find_tool=parts.find_tool,
                clock=clock,
                liveness=Process(f"process-{self.lives}"),
            )

        parts = AdapterParts(
            runtime=runtime,
            agents=self.rig.agents,  # type: ignore[arg-type]
            clock=clock,
            environ={},
            settings=self.settings,
            find_tool=lambda name: self.tool if name == self.tool.name else None,
        )
        return DiscordRunning(settings, parts, connect, identify_seconds=0.0)

    async def start(self, *, gateway_url: str = "") -> None:
        """Serve, and return when the gateway has greeted us."""
        before = self.discord.gateway.identified
        self.adapter = self.running(gateway_url)
        self._task = asyncio.create_task(self.adapter.run())
        await self.until(lambda: self.discord.gateway.identified > before or self._ended)
        if self._ended:
            await self._task

    async def stop(self) -> None:
        """End the adapter as a deployment does."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def kill(self) -> None:
        """End the adapter where it stands: from now on nothing of it reaches anything."""
        task, self._task = self._task, None
        if task is not None:
            self._runtime.die()
            self._clock.die()
            await self.adapter._close_client()
            task.cancel()
            self._dead.append(task)

    async def ended(self) -> BaseException | None:
        """What ended the adapter."""
        assert self._task is not None
        await asyncio.wait({self._task}, timeout=60)
        return self._task.exception()

    @property
    def _ended(self) -> bool:
        return self._task is None or self._task.done()

    # -- what people see and do

    async def until(self, condition: Any, *, seconds: float = 60.0) -> None:
        await self.discord.until(condition, seconds=seconds)

    async def ask(self, text: str, *, by: int | None = None, channel: int | None = None) -> int:
        """Mention the agent in the channel; the id of the message, which is the thread's too."""
        return await self.discord.say(
            by or self.ann, channel or self.channel, f"{self.mention} {text}"
        )

    def texts(self, channel: int) -> list[str]:
        """What the agent has said there."""
        return [one.content for one in self.ours(channel)]

    def ours(self, channel: int) -> Sequence[Message]:
        """What it posted, without the marker with which Discord begins a thread."""
        found = self.discord.messages(channel)
        return [one for one in found if one.author.id == self.discord.bot_id and one.type != 21]

    def cards(self, channel: int) -> list[Message]:
        return [one for one in self.ours(channel) if one.embeds]

    async def card(self, channel: int) -> Message:
        """The open card there, once there is one."""
        await self.until(lambda: any(one.buttons for one in self.cards(channel)))
        return next(one for one in self.cards(channel) if one.buttons)

    async def press(self, card: Message, label: str, *, by: int | None = None) -> Interaction:
        """Press a button of a card."""
        found = next(one for one in card.buttons if one["label"].startswith(label))
        return await self.discord.click(by or self.bob, card.id, found["custom_id"])

    async def messages_received(self, session: str) -> list[str]:
        return [data["text"] for data in await self.rig.of_type(session, "message.received")]
