"""How far a start has come, told as it happens."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from liteagent.clock import Clock


class StageName(StrEnum):
    """What a start consists of; several go on at a time."""

    CONFIGURATION = "configuration"
    """The files are read and the journal is opened."""
    PLUGINS = "plugins"
    RAY = "ray"
    """Ray is started, or a running cluster is joined."""
    HOSTS = "hosts"
    GATEWAY = "gateway"
    SUPERVISOR = "supervisor"
    READY = "ready"
    """Everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One report."""

    name: StageName
    seconds: float | None = None
    """How long it took; None: it begins now."""


OnStage = Callable[[Stage], None]


def untold(stage: Stage) -> None:
    """Nobody wants to know."""


class Stages:
    """Measures stages and tells of each twice: when it begins and when it ended well."""

    def __init__(self, tell: OnStage, clock: Clock) -> None:
        self._tell, self._clock = tell, clock

    @contextmanager
    def stage(self, name: StageName) -> Generator[None]:
        began = self._clock.now()
        self._tell(Stage(name=name))
        yield
        self._tell(Stage(name=name, seconds=self._clock.now() - began))
