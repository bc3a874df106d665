import pytest

from liteagent.models import ModelPricing, estimate_cost, get_model_pricing
from liteagent.models.catalog import FACTS


def test_prices_are_per_thousand_tokens():
    assert get_model_pricing("gpt-4o") == ModelPricing(0.0025, 0.01, 0.00125)
    assert estimate_cost(1_000, 1_000, "openai/gpt-4o") == pytest.approx(0.0125)


def test_cached_input_costs_less_where_the_provider_says_so():
    assert estimate_cost(1_000, 0, "gpt-4o", cached_tokens=400) == pytest.approx(
        0.6 * 0.0025 + 0.4 * 0.00125
    )
    assert estimate_cost(1_000, 0, "gpt-4", cached_tokens=400) == pytest.approx(0.03)


def test_a_long_request_costs_more_where_the_provider_says_so():
    assert estimate_cost(272_000, 1_000, "gpt-5.5") == pytest.approx(1.36 + 0.03)
    assert estimate_cost(272_001, 1_000, "gpt-5.5") == pytest.approx(2.72 + 0.045, rel=1e-4)
    assert estimate_cost(200_000, 0, "claude-haiku-5-5", cached_tokens=100_000) == pytest.approx(
        5 * (0.01 + 0.001)
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_what_is_known_of_a_model_is_plausible(name: str):
    facts = FACTS[name]
    assert 4_096 <= facts.context <= 2_000_000
    assert 0 < facts.input <= 100
    assert facts.output >= facts.input or name.startswith("text-embedding")
    assert facts.cached is None or 0 < facts.cached < facts.input


@pytest.mark.parametrize(
    ("dated", "family"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4-0613", "gpt-4"),
        ("anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("claude-3-5-haiku-latest", "claude-3-5-haiku"),
        ("openai_compatible/openai/gpt-4o-mini", "gpt-4o-mini"),
    ],
)
def test_a_dated_version_costs_what_its_family_costs(dated: str, family: str):
    assert get_model_pricing(dated) == get_model_pricing(family) != ModelPricing(0.0, 0.0)


@pytest.mark.parametrize(
    "model", ["gpt-4o-audio", "gpt-99", "claude-opus-4-99", "", "local//x.gguf"]
)
def test_a_model_that_is_not_known_costs_nothing(model: str):
    assert get_model_pricing(model) == ModelPricing(0.0, 0.0)
    assert estimate_cost(10**6, 10**6, model) == 0.0
