"""Everybody who watches one entity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liteagent.events import Event
from liteagent.kernel.frames import Live
from liteagent.kernel.live import LiveText, Watcher


class Audience:
    """The watchers of an entity, told together; empty it is false."""

    __slots__ = ("_watchers",)

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    def __bool__(self) -> bool:
        return bool(self._watchers)

    def add(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)

    def discard(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)

    def wake(self) -> None:
        """There is more of a live text."""
        for watcher in self._watchers:
            watcher.wake()

    def catch_up(self, texts: Iterable[LiveText]) -> None:
        """What is new of these texts comes before whatever is shown next."""
        for watcher in self._watchers:
            for text in texts:
                watcher.catch_up(text)

    def show(self, frames: Sequence[Event | Live]) -> None:
        """These frames come next."""
        for watcher in self._watchers:
            watcher.push(frames)

    def close(self, error: Exception | None) -> None:
        """Nothing more comes; with an error when somebody else now owns the entity."""
        for watcher in self._watchers:
            watcher.close(error)
