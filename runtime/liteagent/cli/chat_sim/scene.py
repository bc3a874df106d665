"""A chat platform as somebody at its screen sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

CHANNEL, DIRECT = "general", "dm"


class CannotDoError(Exception):
    """What was tried is not possible there; the message is for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message on the screen."""

    id: str
    author: str
    text: str
    buttons: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """Reactions, and what else is seen beside it."""
    mine: bool = False
    """Of a person at this terminal, who knows what they said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One field of a form that is open."""

    id: str
    label: str
    value: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form that a press of a button has opened."""

    id: str
    title: str
    blanks: tuple[Blank, ...]


class Scene(Protocol):
    """The stand-in, one person in it, and the place that this person looks at."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which the adapter finds it."""
        ...

    @property
    def people(self) -> Sequence[str]: ...

    @property
    def person(self) -> str:
        """Who acts."""
        ...

    @property
    def place(self) -> str:
        """Where they are: `#general`, `#general > thread`, `direct message`."""
        ...

    def become(self, person: str) -> None: ...

    def go(self, place: str) -> None:
        """To `general` or `dm`."""
        ...

    async def say(self, text: str) -> None:
        """In the place; `@agent` mentions the agent, and in a channel leads to the thread."""
        ...

    async def command(self, text: str) -> None:
        """`/agent` with this text."""
        ...

    async def press(self, line: Line, label: str) -> OpenForm | None:
        """Press a button."""
        ...

    async def submit(self, form: OpenForm, answers: Mapping[str, str]) -> Mapping[str, str]:
        """Send a form; complaints by field, none when it was taken."""
        ...

    def lines(self) -> Sequence[Line]:
        """What stands in the place, what only this person sees included; oldest first."""
        ...

    def status(self) -> str:
        """What the agent is said to be doing there."""
        ...

    def drop(self) -> None:
        """Cut the adapter's connection; it has to come back by itself."""
        ...
