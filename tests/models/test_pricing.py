import pytest

from liteagent.models import ModelPricing, estimate_cost, get_model_pricing


def test_prices_are_per_thousand_tokens():
    assert get_model_pricing("gpt-4o") == ModelPricing(0.0025, 0.01, 0.00125)
    assert estimate_cost(1_000, 1_000, "openai/gpt-4o") == pytest.approx(0.0125)


def test_cached_input_costs_less_where_the_provider_says_so():
    assert estimate_cost(1_000, 0, "gpt-4o", cached_tokens=400) == pytest.approx(
        0.6 * 0.0025 + 0.4 * 0.00125
    )
    assert estimate_cost(1_000, 0, "gpt-4", cached_tokens=400) == pytest.approx(0.03)


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
