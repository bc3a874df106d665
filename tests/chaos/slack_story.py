"""What people do in Slack, and go on doing whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from liteagent.messages import ModelRequest
from liteagent.testing.answers import Answer, call, calls
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.slack import FakeSlack, Interaction, Message, View
from tests.chaos.slack_plugin import TOOL
from tests.chaos.world import World
from tests.fixtures.slack_team import Team, has_buttons

ASKED, EDITED = "web", "db"
"""The service that the agent wants to restart, and the one that Bob lets it restart."""
FIRST = "I shall restart it, if I may."
FINAL = "\n".join(("It is restarted.", *(f"Check {number} is fine." for number in range(20))))
HALF = 8
"""Lines of the last answer after which it can be held."""
HAPPENED = f"It had happened: did restart {EDITED}."
SECONDS = 180.0
_AGAIN = "press the button again"


class Model(OpenAIServer):
    """Asks for a restart, and then tells at length that it was made."""

    def __init__(self) -> None:
        super().__init__()
        self.first_gate, self.gate = asyncio.Event(), asyncio.Event()
        """The first answer is not begun, and the last one stands still in its middle, while these
        are not set.
        """
        self.first_gate.set()
        self.gate.set()
        self.script.on(re.compile("did restart|rejected"), self._tell)
        self.script.on(re.compile(""), self._ask)

    def _ask(self, request: ModelRequest) -> Answer:
        asked = calls(call(TOOL, service=ASKED), text=FIRST)
        return replace(asked, gate=self.first_gate)

    def _tell(self, request: ModelRequest) -> Answer:
        return Answer(
            pieces=tuple(FINAL.splitlines(keepends=True)), gate=self.gate, gate_after=HALF
        )


class Story:
    """Ann asks in a channel, Bob edits what the agent wants to do and allows it. They repeat what
    Slack says was not taken, and nothing else.
    """

    def __init__(self, team: Team, world: World) -> None:
        """`world` is what the tool changes."""
        self.team, self.world = team, world
        self._acted_before = len(world.keys(TOOL))
        self.thread = ""
        self.presses = self.asked = 0
        """How often a button was pressed, and how many questions about unknown outcomes came."""

    @property
    def acted(self) -> int:
        """How often the tool has changed the world since this began."""
        return len(self.world.keys(TOOL)) - self._acted_before

    @property
    def is_told(self) -> bool:
        """Whether the thread shows the last answer, and nobody is asked anything."""
        texts = self.team.texts(self.thread)
        return texts[-1:] == [FINAL] and not self._open_cards()

    @property
    def is_half_told(self) -> bool:
        """Whether the thread shows a part of the last answer."""
        shown = [""] if not self.thread else ["", *self.team.texts(self.thread)]
        return shown[-1] not in ("", FIRST, FINAL) and FINAL.startswith(shown[-1])

    async def tell(self) -> None:
        """From the mention to the last answer."""
        await self._slack.until(lambda: self._slack.sockets, SECONDS)
        self.thread = await self.team.mention("please restart it")
        while not self.is_told:
            await self._slack.until(lambda: self.is_told or self._open_cards(), SECONDS)
            for card in self._open_cards():
                await self._answer(card)

    @property
    def _slack(self) -> FakeSlack:
        return self.team.slack

    def _open_cards(self) -> list[Message]:
        return [card for card in self.team.cards(self.thread) if has_buttons(card)]

    def _is_open(self, card: Message) -> bool:
        return has_buttons(self._slack.message(card.channel, card.ts))

    # -- what Bob does

    async def _answer(self, card: Message) -> None:
        if "Edit…" in self._slack.text_of(card):
            await self._fill_in(card, "Edit…", {"la:service": EDITED})
            return
        self.asked += 1
        if self.acted:
            await self._fill_in(card, "Say what happened…", {"la:content": HAPPENED})
        else:
            await self._insist(lambda: self._press(card, "Run it again"))
            await self._slack.until(lambda: not self._is_open(card), SECONDS)

    async def _fill_in(self, card: Message, label: str, values: dict[str, str]) -> None:
        form = await self._form(card, label)
        if form is None:
            return
        sent = await self._insist(lambda: self._slack.submit(self.team.bob, form.id, values))
        assert sent.errors == {}
        await self._slack.until(lambda: not self._is_open(card), SECONDS)

    async def _form(self, card: Message, label: str) -> View | None:
        """The form behind a button, which is pressed again when Bob is told to; None when there
        is nothing to decide any more.
        """
        while self._is_open(card):
            told = len(self._slack.ephemerals)
            await self._insist(lambda: self._press(card, label))

            def come(told: int = told) -> bool:
                again = [m for m in self._slack.ephemerals[told:] if _AGAIN in m.text]
                return bool(self._slack.views.open(self.team.bob) or again)

            await self._slack.until(come, SECONDS)
            if opened := self._slack.views.open(self.team.bob):
                return opened[-1]
        return None

    async def _press(self, card: Message, label: str) -> Interaction:
        self.presses += 1
        return await self.team.press(card, label)

    async def _insist(self, do: Callable[[], Awaitable[Interaction]]) -> Interaction:
        """Do it until Slack shows no warning, as soon as there is somebody to take it."""
        while True:
            await self._slack.until(lambda: self._slack.sockets, SECONDS)
            done = await do()
            if done.acked:
                return done
