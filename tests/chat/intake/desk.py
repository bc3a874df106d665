"""A chat service over a platform in memory and an agent without a network."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from tests.fixtures.rigs import script

from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.inbound import Inbound
from liteagent.chat.service import ChatService
from liteagent.testing.chat import FakeChat
from liteagent.testing.runtime import AgentRig


class Desk:
    """A rig with a chat service in front of it; `settings` are those of Slack."""

    def __init__(
        self,
        rig: AgentRig | None = None,
        *,
        chat: FakeChat | None = None,
        people: dict[str, tuple[str, ...]] | None = None,
        **settings: Any,
    ) -> None:
        self.rig = rig or AgentRig(script())
        self.chat = chat or FakeChat(clock=self.rig.clock)
        self.settings = ChatSettings.model_validate({"people": people or {}, "slack": settings})

    async def __aenter__(self) -> Self:
        await self.rig.start()
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.service.close()
        await self.rig.stop()

    async def open(self) -> None:
        """Begin to serve."""
        self.service = ChatService(
            self.chat,
            self.rig.sessions,
            default_agent="agent",
            settings=self.settings,
            clock=self.rig.clock,
        )
        await self.service.__aenter__()

    async def receive(self, *items: Inbound, seconds: float = 1.0) -> None:
        """Hand items in, and let time pass until they are handled."""
        for item in items:
            await self.service.receive(item)
        await self.rig.advance(seconds)

    async def heard(self, session: str) -> list[str]:
        """What a session was sent, in order."""
        return [data["text"] for data in await self.rig.of_type(session, "message.received")]
