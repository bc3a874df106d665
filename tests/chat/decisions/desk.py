"""A runtime, a chat platform, and people who press buttons on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Any, Self

from liteagent.approvals import Verb
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.cards.card import Card
from liteagent.chat.cards.draw import Cards
from liteagent.chat.cards.form import Form
from liteagent.chat.decisions import Decisions
from liteagent.chat.inbound import Clicked, Submitted
from liteagent.chat.places import Person, PersonKind, Place, principal_of
from liteagent.principal import Principal
from liteagent.testing.chat import FakeChat
from liteagent.testing.runtime import AgentRig

PLACE = Place(team="T1", channel="C1", thread="1.0")
ANN = Person(id="ann", name="Ann", team="T1", complete=True)
BOB = Person(id="bob", name="Bob", team="T1", complete=True)
CAROL = Person(id="carol", name="Carol", team="T1", complete=True)


class Desk:
    """Everything between a card and the runtime."""

    def __init__(self, rig: AgentRig) -> None:
        self.rig = rig
        self.chat = FakeChat(clock=rig.clock)
        self._ids = count(1)

    async def __aenter__(self) -> Self:
        await self.rig.start()
        self.buttons = await Buttons.open(self.rig.journal, "slack")
        self.open()
        return self

    def open(self) -> None:
        """Decisions over the runtime as it is now."""
        self.cards = Cards(self.rig.inbox, self.buttons)
        self.decisions = Decisions(
            self.rig.inbox,
            self.chat,
            self,
            self.buttons,
            find_tool=self.rig.kind.env.tools.find,
            clock=self.rig.clock,
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.rig.stop()

    def principal(self, person: Person) -> Principal:
        """Members may approve."""
        may = person.kind is PersonKind.MEMBER
        return principal_of(person, "slack", claim="slack_groups", may_approve=may)

    async def ask(self, text: str = "go", by: Person = ANN) -> Card:
        """Say something that leads to a request; its card."""
        principal = self.principal(by)
        session = await self.rig.session(by=principal)
        await self.rig.say(session, text, by=principal)
        return await self.card((await self.rig.pending())[-1])

    async def card(self, approval_id: str = "apr_1") -> Card:
        return await self.cards.card(approval_id)

    def click(self, card: Card, verb: Verb, by: Person) -> Clicked:
        """A click on this card, as the platform tells of it: it names the person and no more."""
        (value,) = [button.value for button in card.buttons if button.verb is verb]
        return Clicked(
            id=f"click{next(self._ids)}",
            value=value,
            place=PLACE,
            message_id="m1",
            person=replace(by, complete=False),
            ts=self.rig.clock.now(),
            handle={"trigger": "t1"},
        )

    async def press(self, card: Card, verb: Verb = Verb.APPROVE, by: Person = BOB) -> Clicked:
        click = self.click(card, verb, by)
        await self.handle(click)
        return click

    async def handle(self, item: Clicked | Submitted) -> None:
        """What the intake does, once or again."""
        act = self.decisions.press if isinstance(item, Clicked) else self.decisions.submit
        await act(item)  # type: ignore[arg-type]
        await self.rig.settle()

    def filled(self, form: Form, answers: Mapping[str, str], by: Person = BOB) -> Submitted:
        """The form with these answers, and the rest as it stood there."""
        return Submitted(
            id=f"form{next(self._ids)}",
            value=form.value,
            place=PLACE,
            person=replace(by, complete=False),
            ts=self.rig.clock.now(),
            answers={field.name: field.value for field in form.fields} | dict(answers),
        )

    async def submit(self, card: Card, verb: Verb, by: Person = BOB, **answers: str) -> Submitted:
        """Open the form, fill it in, send it."""
        await self.press(card, verb, by)
        form = self.filled(self.form, answers, by)
        await self.handle(form)
        return form

    @property
    def form(self) -> Form:
        """The form that was shown last."""
        return self.chat.forms[-1][0]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was said to whom alone."""
        return [(told.person_id, told.text) for told in self.chat.told]


def rule(tool: str = "restart", **fields: Any) -> dict[str, Any]:
    return {tool: fields}
