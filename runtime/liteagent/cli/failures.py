"""Exit codes, and the error of a command that was called in a way that cannot be."""

from __future__ import annotations

from liteagent.errors import LiteAgentException

FAILED, USAGE, WAITING, INTERRUPTED = 1, 2, 3, 130
"""Exit codes; 0 is success. WAITING: it goes on when a person has decided something."""


class UsageError(LiteAgentException):
    """The command was called in a way that cannot be; the sentence says in which it can."""

    status_code = 400
    error_code = "USAGE"


def exit_code(error: LiteAgentException) -> int:
    """What does not exist, and what cannot be as it was written, counts as wrong usage."""
    wrong_usage = isinstance(error, UsageError) or error.status_code in (404, 422)
    return USAGE if wrong_usage else FAILED
