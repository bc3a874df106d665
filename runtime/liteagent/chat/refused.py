"""What a platform says when it does not do what it was asked."""

from __future__ import annotations

from typing import Generic, TypeVar

from liteagent.kernel import SendError

Code = TypeVar("Code", int, str)


class PlatformRefusedError(SendError, Generic[Code]):
    """A platform refused a call, or failed at it; `code` is its own word or number for why. All
    else is as in `SendError`.
    """

    error_code = "PLATFORM_REFUSED"

    def __init__(
        self,
        message: str,
        code: Code,
        *,
        retry_after: float | None = None,
        permanent: bool = False,
        may_have_arrived: bool = False,
    ) -> None:
        self.code = code
        super().__init__(
            message,
            retry_after=retry_after,
            permanent=permanent,
            may_have_arrived=may_have_arrived,
        )
