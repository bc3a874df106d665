"""Clicks on cards and forms that were filled in, as decisions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from liteagent.agents import ApprovalInbox
from liteagent.approvals import Ballot, Verb, digest
from liteagent.chat.bindings import Bindings
from liteagent.chat.cards.buttons import Buttons, Pressed
from liteagent.chat.cards.card import Card
from liteagent.chat.cards.draw import card_of
from liteagent.chat.cards.form import Form
from liteagent.chat.cards.forms import form_of
from liteagent.chat.decisions.answers import read_ballot
from liteagent.chat.decisions.refusals import TOO_LATE, refusal
from liteagent.chat.decisions.request import (
    KnowsPeople,
    Request,
    check_may_decide,
    may_decide,
    shown_args,
)
from liteagent.chat.inbound import Clicked, Submitted
from liteagent.chat.places import Person, Place
from liteagent.chat.platform import Platform
from liteagent.clock import Clock
from liteagent.errors import LiteAgentException
from liteagent.events import Json
from liteagent.kernel import SendError
from liteagent.tools import Tool

log = logging.getLogger(__name__)
Item = TypeVar("Item", Clicked, Submitted)


class Decisions:
    """Takes what people of one platform decide to the approval inbox.

    A click or a form may be handled again after a crash: it decides once, by its identity. Whatever
    becomes of it is told to that person alone; of success the card itself tells. Errors that the
    person cannot help (a journal that is away) are raised: handle it again later.
    """

    def __init__(
        self,
        inbox: ApprovalInbox,
        platform: Platform,
        people: KnowsPeople,
        buttons: Buttons,
        *,
        find_tool: Callable[[str], Tool | None],
        clock: Clock,
    ) -> None:
        self._inbox, self._platform, self._people = inbox, platform, people
        self._buttons, self._find_tool, self._clock = buttons, find_tool, clock
        self._bindings = Bindings(inbox.runtime.journal, platform.name)

    async def press(self, click: Clicked) -> None:
        """Approve at once; for the other decisions show the form."""
        await self._handle(click, self._press)

    async def submit(self, form: Submitted) -> None:
        """Decide as the form says."""
        await self._handle(form, self._submit)

    async def form_for(self, click: Clicked) -> Form:
        """The form behind a button. Raises what a decision would, and `FormTooLargeError`."""
        return self._form(click, await self._request(click))

    async def check(self, form: Submitted) -> dict[str, str]:
        """What is wrong with the answers by field, in clauses such as `must be a number from 1 to
        10`, for the platform to show in the form itself. Decides nothing, and asks the platform
        nothing; what is wrong with anything else `submit` tells.
        """
        try:
            pressed = self._buttons.parse(form.value)
            approval = await self._inbox.get(pressed.approval_id)
            return self._read(pressed, approval, form.answers)[1]
        except LiteAgentException as error:
            if refusal(error, now=self._clock.now()) is None:
                raise
            return {}

    async def pending_for(self, person: Person) -> list[Card]:
        """The open requests of all sessions that this person may decide, oldest first. What was
        asked in another workspace, or in somebody else's direct messages, is listed for those alone
        whom the rule names.
        """
        if not person.complete:
            person = await self._platform.person(person, Place(team=person.team, channel=""))
        principal = self._people.principal(person)
        cards: list[Card] = []
        for item in await self._inbox.pending(tenant=principal.tenant or None):
            if not may_decide(item, principal) or await self._is_elsewhere(item, person):
                continue
            approval = await self._inbox.get(item["id"])
            if approval["status"] == "pending":
                cards.append(card_of(approval, self._buttons))
        return cards

    async def _is_elsewhere(self, item: Mapping[str, Json], person: Person) -> bool:
        if item["approvers"] is not None:
            return False
        binding = await self._bindings.of_session(item["session_id"])
        if binding is None:
            return False
        if binding.place.direct:
            return binding.person_id != person.id
        return bool(person.team) and binding.place.team != person.team

    async def _press(self, click: Clicked, request: Request) -> str:
        if request.pressed.verb is Verb.APPROVE:
            return await self._decide(click, request, Ballot(verb=Verb.APPROVE))
        try:
            await self._platform.show_form(self._form(click, request), click.handle)
        except SendError as error:
            if not error.permanent:
                raise
            return TOO_LATE
        return ""

    def _form(self, click: Clicked, request: Request) -> Form:
        request.check(self._clock.now())
        approval = request.approval
        return form_of(approval, request.pressed.verb, click.value, self._schema(approval))

    async def _submit(self, form: Submitted, request: Request) -> str:
        check_may_decide(request.approval, request.principal)
        ballot, errors = self._read(request.pressed, request.approval, form.answers)
        if errors:
            wrong = "; ".join(f"{name} {problem}" for name, problem in errors.items())
            return f"Nothing was decided: {wrong}. Press the button again."
        return await self._decide(form, request, ballot)

    async def _decide(self, item: Clicked | Submitted, request: Request, ballot: Ballot) -> str:
        approval_id = request.pressed.approval_id
        outcome = await self._inbox.decide(
            approval_id,
            ballot.verb,
            principal=request.principal,
            args=ballot.args,
            reason=ballot.reason,
            content=ballot.content,
            digest=digest(shown_args(request.approval, request.pressed)),
            key=f"{self._platform.name}:{item.id}",
        )
        if outcome["final"]:
            return ""
        now = await self._inbox.get(approval_id)
        return f"Your approval counts: {len(now.get('votes', ()))} of {now['quorum']}."

    def _read(
        self, pressed: Pressed, approval: Mapping[str, Json], answers: Mapping[str, str]
    ) -> tuple[Ballot, dict[str, str]]:
        tool = self._find_tool(approval["tool"])
        return read_ballot(pressed.verb, shown_args(approval, pressed), answers, tool)

    def _schema(self, approval: Mapping[str, Json]) -> Mapping[str, Json] | None:
        tool = self._find_tool(approval["tool"])
        return None if tool is None else tool.parameters

    # -- whoever it is

    async def _handle(self, item: Item, act: Callable[[Item, Request], Awaitable[str]]) -> None:
        """Do it, and tell the person what there is to tell."""
        request: Request | None = None
        try:
            request = await self._request(item)
            text = await act(item, request)
        except LiteAgentException as error:
            said = self._refusal(error, request)
            if said is None:
                raise
            text = said
        if text:
            await self._tell(item, text)

    async def _request(self, item: Clicked | Submitted) -> Request:
        """Who asks is settled now: groups and memberships may have changed since the card."""
        pressed = self._buttons.parse(item.value)
        approval = await self._inbox.get(pressed.approval_id)
        person = await self._platform.person(item.person, item.place, fresh=True)
        principal = self._people.principal(person)
        return Request(pressed=pressed, approval=approval, principal=principal)

    def _refusal(self, error: LiteAgentException, request: Request | None) -> str | None:
        return refusal(
            error,
            verb=None if request is None else request.pressed.verb,
            principal=None if request is None else request.principal,
            platform=self._platform.name,
            now=self._clock.now(),
        )

    async def _tell(self, item: Clicked | Submitted, text: str) -> None:
        rendered = self._platform.render(text)
        try:
            await self._platform.tell(item.place, item.person.id, rendered, item.handle)
        except SendError as error:
            if not error.permanent:
                raise
            # the decision stands, and there is no way left to reach this person
            log.info("Nobody could be told: %s", error)
