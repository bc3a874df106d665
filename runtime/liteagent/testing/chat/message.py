"""What a chat platform in memory remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from liteagent.chat.cards.card import Card
from liteagent.chat.places import Place
from liteagent.chat.platform import Content, FileOut, Text
from liteagent.events import Json


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of ours, as the conversation shows it."""

    id: str
    order: str
    """Sorts it among all that was said, by people too."""
    key: str
    """Empty of one that was begun as a stream."""
    place: Place
    content: Content
    ts: float
    edits: list[Content] = field(default_factory=list[Content])
    """What it showed before each edit, oldest first."""
    removed: bool = False
    streaming: bool = False
    """Whether it was begun as a stream, and is not finished."""

    @property
    def text(self) -> str:
        """Its text; the title of a card, the content of a file."""
        match self.content:
            case Text(text=text):
                return text
            case Card(title=title):
                return title
            case FileOut(content=content):
                return content.decode(errors="replace")

    @property
    def is_card(self) -> bool:
        return isinstance(self.content, Card)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A method that was called, whatever became of it."""

    method: str
    ts: float
    channel: str
    """Empty where the method names no place."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one person was told alone."""

    place: Place
    person_id: str
    text: str
    handle: Json = None
