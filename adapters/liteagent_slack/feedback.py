"""What people think of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent.clock import Clock
from liteagent.journal import Journal
from liteagent_slack.settings import NAME

COLLECTION = f"chat-feedback/{NAME}"
ACTION = "feedback"
"""Not `la:…`: it decides nothing."""
GOOD, BAD = "good", "bad"


def feedback_block() -> dict[str, Any]:
    """Two small buttons under an answer."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ACTION,
                "positive_button": _button("Good answer", GOOD),
                "negative_button": _button("Bad answer", BAD),
            }
        ],
    }


class Feedback:
    """Keeps the last opinion of each person about each message, as records of the journal."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal, self._clock = journal, clock

    async def take(self, body: Mapping[str, Any]) -> bool:
        """Store an opinion; whether it was one."""
        action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
        if action.get("action_id") != ACTION or action.get("value") not in (GOOD, BAD):
            return False
        container: Mapping[str, Any] = body.get("container") or {}
        team = (body.get("team") or {}).get("id") or ""
        channel, ts = container.get("channel_id") or "", container.get("message_ts") or ""
        user = (body.get("user") or {}).get("id") or ""
        opinion = {
            "person": f"{NAME}:{team}:{user}",
            "channel": channel,
            "thread": container.get("thread_ts") or "",
            "message": ts,
            "opinion": action["value"],
            "ts": self._clock.now(),
        }
        await self._journal.put_record(COLLECTION, f"{team}:{channel}:{ts}:{user}", opinion)
        return True


def _button(text: str, value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text}, "value": value}
