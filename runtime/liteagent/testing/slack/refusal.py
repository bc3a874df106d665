"""How the Web API says no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liteagent.testing.slack.records import Json


class SlackRefusal(Exception):
    """A call that Slack answers with `ok: false`; `error` is Slack's name for it."""

    def __init__(self, error: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.more = more

    def answer(self) -> Json:
        """The body of the response."""
        body: Json = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body
