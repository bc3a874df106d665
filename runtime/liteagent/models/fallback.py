"""A chain of models: when one fails, the next one is asked."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from liteagent.clock import Clock
from liteagent.errors import LiteAgentException, NotFoundError, ProviderConfigurationError
from liteagent.models.contract import Fault, ModelError
from liteagent.models.health import FallbackReason, ModelHealth, ModelStatus, reason_of
from liteagent.models.selection import ModelConfig, Selection, SelectionStrategy

P = ParamSpec("P")
T = TypeVar("T")


class ModelNotFoundError(NotFoundError):
    """No model of the chain has this name."""

    error_code = "MODEL_NOT_FOUND"
    what = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A model that was asked and failed."""

    model: str
    reason: FallbackReason
    message: str


class AllModelsFailedError(LiteAgentException):
    """Every model of a chain failed; `attempts` says how."""

    status_code = 502
    error_code = "ALL_MODELS_FAILED"
    retryable = True

    def __init__(self, attempts: tuple[Attempt, ...]) -> None:
        self.attempts = attempts
        told = " ".join(attempt.message for attempt in attempts)
        super().__init__(told or "No model is enabled; enable one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackResult(Generic[T]):
    """What a chain came to: the value, the model that gave it, and the attempts before it."""

    value: T
    model: ModelConfig
    attempts: tuple[Attempt, ...] = ()


class ModelFallbackChain:
    """Models in order of preference and health. In memory; it calls nothing but what it is given.

    Methods that take a model's name take `provider/name`, or the bare name where it is the only
    one in the chain.
    """

    def __init__(
        self,
        models: Iterable[ModelConfig],
        strategy: SelectionStrategy = SelectionStrategy.PRIORITY,
        *,
        clock: Clock | None = None,
        health: ModelHealth | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._models: list[ModelConfig] = []
        self._health = health or ModelHealth(clock)
        # Not for secrets: it spreads load.
        self._selection = Selection(strategy, chance or random.Random())  # noqa: S311
        for model in models:
            self.add_model(model)

    @classmethod
    def of(cls, names: Iterable[str], *, clock: Clock | None = None) -> ModelFallbackChain:
        """A chain of `provider/model` names, tried in the order given."""
        pairs = (name.partition("/") for name in names)
        return cls(
            [
                ModelConfig(model, provider, priority=position)
                for position, (provider, _, model) in enumerate(pairs)
            ],
            clock=clock,
        )

    def get_ordered_models(self) -> list[ModelConfig]:
        """The enabled models in the order to ask them now: resting ones last, soonest first."""
        preferred = self._selection.order([m for m in self._models if m.enabled], self._health)
        by_name = {model.full_name: model for model in preferred}
        return [by_name[name] for name in self._health.order(list(by_name))]

    def get_status(self, model_name: str) -> ModelStatus:
        """The health of a model; raises ModelNotFoundError."""
        model = self._find(model_name)
        return replace(self._health.status(model.full_name), enabled=model.enabled)

    def record_success(self, model_name: str) -> None:
        """The model answered; raises ModelNotFoundError."""
        self._health.succeeded(self._find(model_name).full_name)

    def record_failure(
        self, model_name: str, reason: FallbackReason, retry_after: float | None = None
    ) -> None:
        """The model failed; `retry_after` in seconds. Raises ModelNotFoundError."""
        self._health.failed(self._find(model_name).full_name, reason, retry_after)

    async def execute(
        self,
        func: Callable[Concatenate[ModelConfig, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> FallbackResult[T]:
        """Await `func(model, *args, **kwargs)` down the chain until one answers.

        A ModelError, a TimeoutError or a ConnectionError asks the next model; a request that is
        invalid is invalid for all, so that and any other error is raised as it is. Resting models
        are asked when all others have failed. Raises AllModelsFailedError.
        """
        attempts: list[Attempt] = []
        for model in self.get_ordered_models():
            try:
                value = await func(model, *args, **kwargs)
            except (ModelError, TimeoutError, ConnectionError) as error:
                if isinstance(error, ModelError) and error.fault is Fault.INVALID:
                    raise
                attempts.append(self._failed(model, error))
            else:
                self._health.succeeded(model.full_name)
                return FallbackResult(value=value, model=model, attempts=tuple(attempts))
        raise AllModelsFailedError(tuple(attempts))

    def add_model(self, config: ModelConfig) -> None:
        """Add a model at the end; raises ProviderConfigurationError where it is there already."""
        if any(model.full_name == config.full_name for model in self._models):
            raise ProviderConfigurationError(
                f"{config.full_name} is in the chain already; name each model once.", field="model"
            )
        self._models.append(config)

    def remove_model(self, model_name: str) -> None:
        """Take a model out; raises ModelNotFoundError."""
        self._models.remove(self._find(model_name))

    def enable_model(self, model_name: str) -> None:
        """Let a model be asked again; raises ModelNotFoundError."""
        self._set(model_name, enabled=True)

    def disable_model(self, model_name: str) -> None:
        """Keep a model in the chain unasked; raises ModelNotFoundError."""
        self._set(model_name, enabled=False)

    def _set(self, model_name: str, **changes: Any) -> None:
        model = self._find(model_name)
        self._models[self._models.index(model)] = replace(model, **changes)

    def _find(self, model_name: str) -> ModelConfig:
        exact = [model for model in self._models if model.full_name == model_name]
        found = exact or [model for model in self._models if model.name == model_name]
        if len(found) != 1:
            raise ModelNotFoundError(model_name, [model.full_name for model in self._models])
        return found[0]

    def _failed(self, model: ModelConfig, error: Exception) -> Attempt:
        if isinstance(error, ModelError):
            reason, wait = reason_of(error.fault), error.retry_after
        else:
            timeout = isinstance(error, TimeoutError)
            reason, wait = (FallbackReason.TIMEOUT if timeout else FallbackReason.ERROR), None
        self._health.failed(model.full_name, reason, wait)
        message = str(error) or f"{model.full_name} failed with {type(error).__name__}."
        return Attempt(model=model.full_name, reason=reason, message=message)
