"""In which order models are preferred, before their health is looked at."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from liteagent.models.health import ModelHealth


class SelectionStrategy(Enum):
    """Which model of a chain is asked first."""

    PRIORITY = "priority"
    """The one with the lowest `priority`; among equals the one that was added first."""
    ROUND_ROBIN = "round_robin"
    RANDOM = "random"
    WEIGHTED = "weighted"
    """By chance, in proportion to `weight`."""
    LEAST_ERRORS = "least_errors"
    """The one that failed least often."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A model of a chain. A lower `priority` is asked earlier; `weight` is for WEIGHTED alone."""

    name: str
    provider: str
    priority: int = 0
    weight: float = 1.0
    enabled: bool = True

    @property
    def full_name(self) -> str:
        """`provider/name`."""
        return f"{self.provider}/{self.name}"


class Selection:
    """Orders models by a strategy."""

    def __init__(self, strategy: SelectionStrategy, chance: random.Random) -> None:
        self._strategy, self._chance = strategy, chance
        self._turn = 0

    def order(self, models: Sequence[ModelConfig], health: ModelHealth) -> list[ModelConfig]:
        """The models in the order of preference; ROUND_ROBIN goes on by one with each call."""
        strategy = self._strategy
        if strategy is SelectionStrategy.PRIORITY:
            return sorted(models, key=lambda model: model.priority)
        if strategy is SelectionStrategy.ROUND_ROBIN:
            return self._rotated(models)
        if strategy is SelectionStrategy.RANDOM:
            return self._chance.sample(models, len(models))
        if strategy is SelectionStrategy.WEIGHTED:
            return sorted(models, key=self._draw, reverse=True)
        if strategy is SelectionStrategy.LEAST_ERRORS:
            return sorted(models, key=lambda model: health.status(model.full_name).failures)
        assert_never(strategy)

    def _rotated(self, models: Sequence[ModelConfig]) -> list[ModelConfig]:
        if not models:
            return []
        start = self._turn % len(models)
        self._turn += 1
        return [*models[start:], *models[:start]]

    def _draw(self, model: ModelConfig) -> float:
        # Sorting by u ** (1 / w) draws without replacement in proportion to the weights.
        return self._chance.random() ** (1 / model.weight) if model.weight > 0 else 0.0
