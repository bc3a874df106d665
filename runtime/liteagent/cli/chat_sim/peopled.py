"""What the scenes of all platforms have in common: two people, a channel, direct messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from liteagent.cli.chat_sim.scene import CHANNEL

PEOPLE = ("ann", "bob")
Id = TypeVar("Id", int, str)
"""By which a stand-in knows people and places."""


class PeopledScene(ABC, Generic[Id]):
    """The part of a `Scene` that is about who acts and where."""

    def __init__(self, users: Mapping[str, Id], channel: Id) -> None:
        self._users, self._channel = users, channel
        self._user, self._at = users[PEOPLE[0]], channel

    @property
    def people(self) -> Sequence[str]:
        return list(self._users)

    @property
    def person(self) -> str:
        return self._name(self._user)

    @property
    @abstractmethod
    def place(self) -> str: ...

    @abstractmethod
    def _open_dm(self, user: Id) -> Id: ...

    def become(self, person: str) -> None:
        direct = self.place == "direct message"
        self._user = self._users[person]
        if direct:
            self._at = self._open_dm(self._user)

    def go(self, place: str) -> None:
        self._at = self._channel if place == CHANNEL else self._open_dm(self._user)

    def _name(self, user: Id) -> str:
        return next((name for name, each in self._users.items() if each == user), "agent")
