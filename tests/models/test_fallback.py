import random
from collections import Counter

import pytest

from liteagent.errors import ProviderConfigurationError
from liteagent.models import (
    AllModelsFailedError,
    FallbackReason,
    Fault,
    ModelConfig,
    ModelError,
    ModelFallbackChain,
    ModelHealth,
    ModelNotFoundError,
    SelectionStrategy,
    reason_of,
)
from liteagent.testing import FakeClock

A, B, C = "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "ollama/llama3.2"


def chain_of(*names: str, clock: FakeClock | None = None) -> ModelFallbackChain:
    return ModelFallbackChain.of(names, clock=clock or FakeClock())


def order(chain: ModelFallbackChain) -> list[str]:
    return [model.full_name for model in chain.get_ordered_models()]


def failing(fault: Fault, model: str, retry_after: float | None = None) -> ModelError:
    return ModelError(f"{model} failed.", fault=fault, model=model, retry_after=retry_after)


def test_models_are_tried_in_the_order_given():
    assert order(chain_of(A, B, C)) == [A, B, C]


def test_a_model_rests_after_three_failures_in_a_row_and_comes_last():
    chain = chain_of(A, B)
    for expected in ([A, B], [A, B], [B, A]):
        chain.record_failure(A, FallbackReason.ERROR)
        assert order(chain) == expected


async def test_a_rest_ends_with_time_and_grows_with_every_further_failure():
    clock = FakeClock()
    chain = chain_of(A, B, clock=clock)
    rests: list[float] = []
    for _ in range(12):
        chain.record_failure(A, FallbackReason.TIMEOUT)
        rests.append(chain.get_status(A).resting_until - clock.now())
        await clock.advance(max(0.0, rests[-1]))
        assert order(chain) == [A, B]
    assert rests[2:9] == [5, 10, 20, 40, 80, 160, 300]
    assert rests[-1] == 300


def test_a_success_forgets_what_was_held_against_a_model():
    chain = chain_of(A, B)
    for _ in range(5):
        chain.record_failure(A, FallbackReason.ERROR)
    chain.record_success(A)
    assert order(chain) == [A, B]
    status = chain.get_status(A)
    assert (status.calls, status.failures, status.consecutive_failures) == (6, 5, 0)


async def test_a_rate_limit_is_honoured_for_as_long_as_the_provider_said():
    clock = FakeClock()
    chain = chain_of(A, B, clock=clock)
    chain.record_failure(A, FallbackReason.RATE_LIMIT, retry_after=7)
    await clock.advance(6.5)
    assert order(chain) == [B, A]
    await clock.advance(0.5)
    assert order(chain) == [A, B]


def test_a_rate_limit_without_a_time_and_a_wrong_key_rest_the_model_at_once():
    for reason in (FallbackReason.RATE_LIMIT, FallbackReason.UNAVAILABLE):
        chain = chain_of(A, B)
        chain.record_failure(A, reason)
        assert order(chain) == [B, A]


def test_a_request_that_is_too_much_for_a_model_says_nothing_of_its_health():
    chain = chain_of(A, B)
    for _ in range(10):
        chain.record_failure(A, FallbackReason.CAPACITY)
    assert order(chain) == [A, B]
    assert {reason_of(fault) for fault in (Fault.CONTEXT_TOO_LONG, Fault.REFUSED)} == {
        FallbackReason.CAPACITY
    }


async def test_resting_models_come_in_the_order_in_which_they_will_be_ready():
    clock = FakeClock()
    chain = chain_of(A, B, C, clock=clock)
    chain.record_failure(A, FallbackReason.RATE_LIMIT, retry_after=60)
    chain.record_failure(B, FallbackReason.RATE_LIMIT, retry_after=30)
    assert order(chain) == [C, B, A]


def test_disabled_models_are_not_tried_until_they_are_enabled_again():
    chain = chain_of(A, B)
    chain.disable_model(A)
    assert order(chain) == [B]
    assert not chain.get_status(A).enabled
    chain.enable_model(A)
    assert order(chain) == [A, B]


def test_a_bare_name_is_enough_where_it_is_the_only_one():
    chain = chain_of(A, "azure/gpt-4o", B)
    chain.remove_model("claude-sonnet-4-5")
    assert order(chain) == [A, "azure/gpt-4o"]
    with pytest.raises(ModelNotFoundError, match="did you mean"):
        chain.remove_model("gpt-4o")


def test_a_model_is_in_a_chain_once():
    with pytest.raises(ProviderConfigurationError, match="openai/gpt-4o is in the chain already"):
        chain_of(A, A)


def two(strategy: SelectionStrategy, **more: object) -> ModelFallbackChain:
    models = [
        ModelConfig("a", "p", priority=2, weight=1),
        ModelConfig("b", "p", priority=1, weight=3),
    ]
    return ModelFallbackChain(
        models,
        strategy,
        clock=FakeClock(),
        chance=random.Random(7),
        **more,
    )


def test_priority_asks_the_lowest_number_first():
    assert order(two(SelectionStrategy.PRIORITY)) == ["p/b", "p/a"]


def test_round_robin_starts_with_each_model_in_turn():
    chain = two(SelectionStrategy.ROUND_ROBIN)
    assert [order(chain)[0] for _ in range(4)] == ["p/a", "p/b", "p/a", "p/b"]


@pytest.mark.parametrize(
    ("strategy", "share"), [(SelectionStrategy.RANDOM, 0.5), (SelectionStrategy.WEIGHTED, 0.75)]
)
def test_chance_follows_the_weights_where_they_count(strategy: SelectionStrategy, share: float):
    chain = two(strategy)
    firsts = Counter(order(chain)[0] for _ in range(2000))
    assert abs(firsts["p/b"] / 2000 - share) < 0.05


def test_least_errors_asks_the_model_that_failed_least():
    chain = two(SelectionStrategy.LEAST_ERRORS)
    chain.record_failure("a", FallbackReason.ERROR)
    chain.record_success("a")
    assert order(chain) == ["p/b", "p/a"]


def test_chains_may_share_what_they_know():
    health = ModelHealth(FakeClock())
    one, other = (two(SelectionStrategy.PRIORITY, health=health) for _ in range(2))
    one.record_failure("b", FallbackReason.UNAVAILABLE)
    assert order(other) == ["p/a", "p/b"]


async def test_execute_asks_down_the_chain_and_tells_how_it_went():
    async def ask(model: ModelConfig, question: str) -> str:
        if model.full_name == A:
            raise failing(Fault.RATE_LIMITED, A, retry_after=60)
        if model.full_name == B:
            raise TimeoutError
        return f"{model.name}: {question}"

    chain = chain_of(A, B, C)
    result = await chain.execute(ask, "why?")
    assert (result.value, result.model.full_name) == ("llama3.2: why?", C)
    assert [(one.model, one.reason) for one in result.attempts] == [
        (A, FallbackReason.RATE_LIMIT),
        (B, FallbackReason.TIMEOUT),
    ]
    assert order(chain) == [B, C, A]


async def test_execute_does_not_ask_anybody_else_what_is_invalid_or_broken():
    asked: list[str] = []

    async def ask(model: ModelConfig, error: Exception) -> str:
        asked.append(model.full_name)
        raise error

    for error in (failing(Fault.INVALID, A), KeyError("a bug")):
        with pytest.raises(type(error)):
            await chain_of(A, B).execute(ask, error)
    assert asked == [A, A]


async def test_execute_tells_of_every_failure_when_nobody_answered():
    async def ask(model: ModelConfig) -> str:
        raise failing(Fault.AUTH, model.full_name)

    with pytest.raises(AllModelsFailedError, match=f"{A} failed. {B} failed.") as caught:
        await chain_of(A, B).execute(ask)
    assert [one.model for one in caught.value.attempts] == [A, B]
    with pytest.raises(AllModelsFailedError, match="No model is enabled"):
        await chain_of().execute(ask)
