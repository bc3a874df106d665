"""What an outbox is given to post with: one conversation of a chat platform, for one."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from liteagent.errors import LiteAgentException
from liteagent.events import Event


class SendError(LiteAgentException):
    """A post did not succeed.

    `retry_after` seconds from now another try makes sense (None: the outbox chooses); none ever
    does when it is `permanent`. `may_have_arrived` when the platform did not say so itself, as
    after a lost connection: the outbox then goes on as it does after a crash.
    """

    error_code = "SEND_FAILED"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        permanent: bool = False,
        may_have_arrived: bool = False,
    ) -> None:
        self.retry_after, self.permanent = retry_after, permanent
        self.may_have_arrived = may_have_arrived
        super().__init__(message)


class Sender(Protocol):
    """Posts events; what it does about a post that may or may not have arrived decides whether it
    can be made again: nothing but `send`, it cannot.
    """

    @property
    def idempotent(self) -> bool:
        """Whether the platform itself takes a second post with the same key for the first one."""
        ...

    async def send(self, key: str, event: Event) -> str:
        """Post, and return the platform's id of the message. `key` is 32 hexadecimal digits, the
        same whenever this event is posted. Raises `SendError`.
        """
        ...


@runtime_checkable
class FindingSender(Sender, Protocol):
    """A sender that can look a post up, and so tell whether it has arrived."""

    async def find(self, key: str) -> str | None:
        """The platform's id of the message that was posted with this key, or None when there surely
        is none. Raises `SendError`.
        """
        ...
