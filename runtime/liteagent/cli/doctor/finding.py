"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing is wrong."""
    WRONG = "wrong"
    """Something does not work, and the finding says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    check: str
    level: Level
    text: str

    def to_json(self) -> dict[str, str]:
        return {"check": self.check, "level": self.level.value, "text": self.text}


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check=check, level=Level.OK, text=text)


def note(check: str, text: str) -> Finding:
    """Worth knowing."""
    return Finding(check=check, level=Level.NOTE, text=text)


def wrong(check: str, text: str) -> Finding:
    """Something does not work; `text` says what to do."""
    return Finding(check=check, level=Level.WRONG, text=text)
