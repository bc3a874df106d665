"""Ids of responses: each names a stretch of a turn, so the journal alone finds it again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"resp_([^-]+)(?:-([1-9]\d{0,8}))?")


@dataclass(frozen=True, slots=True)
class ResponseId:
    """A turn from its message on, or from where it paused (a seq) after people were asked."""

    turn_id: str
    paused_at: int | None = None

    def __str__(self) -> str:
        part = self.turn_id.removeprefix("turn_")
        return f"resp_{part}" if self.paused_at is None else f"resp_{part}-{self.paused_at}"

    @classmethod
    def parse(cls, text: str) -> ResponseId | None:
        """The id that `text` is, if it is one."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            return None
        part, paused_at = match.groups()
        return cls(f"turn_{part}", int(paused_at) if paused_at else None)
