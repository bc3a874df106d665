"""What a model call costs, by list price."""

from __future__ import annotations

from dataclasses import dataclass

from liteagent.models.catalog import facts_of


@dataclass(frozen=True, slots=True)
class ModelPricing:
    """USD per 1,000 tokens, of a request that is not a long one. `cached_per_1k` is for input
    tokens that the provider had cached.
    """

    input_per_1k: float
    output_per_1k: float
    cached_per_1k: float | None = None


def get_model_pricing(model: str) -> ModelPricing:
    """The list price of `model` (`gpt-4o` or `openai/gpt-4o`); zero for a model that is not known,
    and for one that runs on one's own machine.
    """
    facts = facts_of(model)
    if facts is None:
        return ModelPricing(0.0, 0.0)
    cached = None if facts.cached is None else facts.cached / 1000
    return ModelPricing(facts.input / 1000, facts.output / 1000, cached)


def price_known(model: str) -> bool:
    """Whether the cost of `model` can be told; where not, it counts as nothing, and no limit on
    cost can hold it back.
    """
    return facts_of(model) is not None


def estimate_cost(
    input_tokens: int, output_tokens: int, model: str, *, cached_tokens: int = 0
) -> float:
    """USD by list price; 0.0 for a model that is not known, so a budget cannot hold it back.

    `input_tokens` includes the `cached_tokens`; where there are so many that the provider asks for
    more, the long rate counts.
    """
    price, facts = get_model_pricing(model), facts_of(model)
    cached_rate = price.input_per_1k if price.cached_per_1k is None else price.cached_per_1k
    fresh = max(0, input_tokens - cached_tokens)
    cached = min(cached_tokens, input_tokens)
    asked = fresh * price.input_per_1k + cached * cached_rate
    answered = output_tokens * price.output_per_1k
    if facts is not None and facts.long is not None and input_tokens > facts.long.above:
        asked, answered = asked * facts.long.input, answered * facts.long.output
    return (asked + answered) / 1000
