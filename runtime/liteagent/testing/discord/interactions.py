"""A click, a command or a submitted form, and what the bot made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from liteagent.clock import Clock
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import Channel

COMMAND, CLICK, SUBMIT = 2, 3, 5
"""Types of interactions."""

SAY, DEFER, DEFER_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9
"""Types of answers."""

FIRST_ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """What somebody did, and how it was answered.

    `response_type` is the type of the first answer (4 message, 5 deferred message, 6 deferred
    update, 7 update of the message, 9 form), None as long as there is none; `seconds` how long
    that took. `response` is the message that the answer wrote or changed. `error` is the code
    with which the latest callback was refused: 40060 a second one, 10062 a late one.
    """

    id: int
    type: int
    token: str
    user: User
    channel: Channel
    data: Json
    message: Message | None
    clock: Clock
    created: float
    answer_seconds: float = FIRST_ANSWER_SECONDS
    response_type: int | None = None
    response: Message | None = None
    modal: Json | None = None
    seconds: float | None = None
    error: int | None = None
    followups: list[Message] = field(default_factory=list[Message])

    @property
    def answered(self) -> bool:
        return self.response_type is not None

    @property
    def failed(self) -> bool:
        """Whether the user reads "This interaction failed": nothing answered in time."""
        return not self.answered and self.too_late

    @property
    def done(self) -> bool:
        """Whether it is known if it was answered."""
        return self.answered or self.failed

    @property
    def too_late(self) -> bool:
        return self.clock.now() - self.created >= self.answer_seconds

    @property
    def expired(self) -> bool:
        """Whether its token is no longer valid for follow-ups."""
        return self.clock.now() - self.created >= TOKEN_SECONDS

    @property
    def deferred(self) -> bool:
        return self.response_type in (DEFER, DEFER_UPDATE)

    @property
    def content(self) -> str | None:
        """The text of the answering message as it stands now."""
        return None if self.response is None else self.response.content

    @property
    def ephemeral(self) -> bool:
        """Whether only the user sees the answer."""
        return self.response is not None and self.response.ephemeral
