"""What stands between Slack and its acknowledgement: everything is stored first."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from liteagent.chat.inbound import Inbound, Submitted
from liteagent_slack.account import Account
from liteagent_slack.events import said_in
from liteagent_slack.feedback import Feedback
from liteagent_slack.interactions import clicked, commanded, submitted
from liteagent_slack.modals import answers_of, errors_by_block

Body = Mapping[str, Any]
log = logging.getLogger(__name__)


class Checks(Protocol):
    """Says what is wrong with a form (`liteagent.chat.decisions.Decisions`)."""

    async def check(self, form: Submitted) -> dict[str, str]: ...


class Intake:
    """Stores what one request from Slack brings."""

    def __init__(
        self,
        account: Account,
        receive: Callable[[Inbound], Awaitable[object]],
        checks: Checks,
        feedback: Feedback,
    ) -> None:
        self._account, self._receive, self._checks = account, receive, checks
        self._feedback = feedback

    async def take(self, body: Body) -> dict[str, Any] | None:
        """Store it; whoever returns from here may tell Slack that it arrived. The answer for Slack
        where there is one: complaints, with which a form stays open and is not stored.

        Raises `JournalUnavailableError`: Slack must send it again.
        """
        item = self._item(body)
        if isinstance(item, Submitted):
            errors = await self._checks.check(item)
            if errors:
                fields = answers_of(body["view"])
                blocks = errors_by_block(errors, fields)
                return {"response_action": "errors", "errors": blocks}
        if item is not None:
            await self._receive(item)
        else:
            await self._feedback.take(body)
        return None

    def _item(self, body: Body) -> Inbound | None:
        if body.get("type") == "event_callback":
            return said_in(body, self._account)
        parsers: tuple[Callable[[Body, Account], Inbound | None], ...] = (
            commanded,
            clicked,
            submitted,
        )
        items = (parse(body, self._account) for parse in parsers)
        return next((item for item in items if item is not None), None)
