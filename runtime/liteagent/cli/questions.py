"""What waits for a person, and how to decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liteagent.cli.words import args_lines, time_text
from liteagent.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One pending approval."""

    approval_id: str
    turn_id: str
    tool: str
    args: Any
    digest: str
    is_unknown_outcome: bool
    note: str = ""
    expires_at: float | None = None

    @classmethod
    def of(cls, event: Event) -> Question:
        """The question that an `approval.requested` event asks."""
        return cls._read(event.data, event.data["approval_id"])

    @classmethod
    def of_item(cls, item: Mapping[str, Any]) -> Question:
        """The question in a line of the approval inbox."""
        return cls._read(item, item["id"])

    @classmethod
    def _read(cls, data: Mapping[str, Any], approval_id: str) -> Question:
        return cls(
            approval_id=approval_id,
            turn_id=data["turn_id"],
            tool=data["tool"],
            args=data["args"],
            digest=data["digest"],
            is_unknown_outcome=data["kind"] == "unknown_outcome",
            note=data.get("note", ""),
            expires_at=data.get("expires_at"),
        )

    @property
    def title(self) -> str:
        """What is asked, in one line."""
        if self.is_unknown_outcome:
            return f"Nobody knows whether {self.tool} has happened: it was cut off."
        return f"{self.tool} waits for your approval."

    @property
    def lines(self) -> list[str]:
        """The call in full, and what there is to know besides."""
        more = [self.note] if self.note else []
        if self.expires_at is not None:
            more.append(f"(until {time_text(self.expires_at)})")
        return [*args_lines(self.args), *more]

    def commands(self, server: str | None) -> str:
        """The command that decides it elsewhere."""
        option = f" --server {server}" if server else ""
        return f"liteagent approvals approve {self.approval_id}{option}  (or edit, reject, respond)"
