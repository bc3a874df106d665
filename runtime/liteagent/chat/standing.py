"""How things stand in a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from liteagent.agents import SESSION, Sessions
from liteagent.ids import entity_id

LOOK_BACK = 2000
"""Events in which messages that wait are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One session, as a person would ask about it."""

    status: str
    """`idle`, `running`, or `waiting` for a person."""
    queued: int
    """Messages whose turn has not begun."""
    tools: tuple[str, ...]
    """For which approval is asked."""

    @property
    def sentence(self) -> str:
        """In words."""
        parts = [
            {
                "idle": "Nothing is going on.",
                "running": "It is at work.",
                "waiting": "It waits for a person.",
            }[self.status]
        ]
        if self.queued:
            parts.append(
                "1 message waits." if self.queued == 1 else f"{self.queued} messages wait."
            )
        if self.tools:
            named = ", ".join(f"`{tool}`" for tool in self.tools)
            parts.append(f"Waiting for approval: {named}.")
        return " ".join(parts)


async def standing(sessions: Sessions, session_id: str) -> Standing:
    """How things stand in a session; in one that nothing was said in, nothing is going on."""
    row = await sessions.runtime.journal.head(entity_id(SESSION, session_id))
    if row is None:
        return Standing(status="idle", queued=0, tools=())
    return Standing(
        status=row.head.status,
        queued=await _queued(sessions, session_id, row.seq) if row.head.status == "running" else 0,
        tools=tuple(item["tool"] for item in row.head.pending),
    )


async def _queued(sessions: Sessions, session_id: str, last: int) -> int:
    waiting: set[str] = set()
    seen: set[str] = set()
    async for event in sessions.events(session_id, after=max(0, last - LOOK_BACK)):
        turn_id = event.data.get("turn_id")
        if turn_id is None:
            continue
        if event.type == "message.received" and turn_id not in seen:
            waiting.add(turn_id)
        else:  # it goes on, so it has begun
            waiting.discard(turn_id)
        seen.add(turn_id)
    return len(waiting)
