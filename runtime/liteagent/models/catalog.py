"""What is publicly known of models: context windows and list prices.

Prices are the providers' standard list prices in USD per million tokens, as published by 18
November 2026; batch, priority and regional rates differ, and what it costs to write a cache is not
counted. A family's name also stands for its dated versions (`gpt-4o` for `gpt-4o-2024-08-06`),
never for another model of a similar name: of a model that is not here, nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_VERSION = re.compile(r"[-@:](latest|preview|\d{4}|\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """`context` in tokens, question and answer together; the prices per million tokens."""

    context: int
    input: float
    output: float
    cached: float | None = None
    """Price of an input token that the provider had cached; None where there is no discount."""
    long: LongRate | None = None


@dataclass(frozen=True, slots=True)
class LongRate:
    """What a request with more than `above` input tokens costs, as a multiple of what it would."""

    above: int
    input: float
    output: float


def _facts() -> Mapping[str, ModelFacts]:
    return {**_openai(), **_anthropic()}


def _openai() -> Mapping[str, ModelFacts]:
    gpt5 = ModelFacts(400_000, 1.25, 10, 0.125)
    window, long = 1_050_000, LongRate(272_000, 2, 1.5)
    sol56 = ModelFacts(window, 4, 20, 0.4, long)
    return {
        "gpt-3.5-turbo": ModelFacts(16_385, 0.5, 1.5),
        "gpt-4": ModelFacts(8_192, 30, 60),
        "gpt-4-32k": ModelFacts(32_768, 60, 120),
        "gpt-4-turbo": ModelFacts(128_000, 10, 30),
        "gpt-4o": ModelFacts(128_000, 2.5, 10, 1.25),
        "gpt-4o-mini": ModelFacts(128_000, 0.15, 0.6, 0.075),
        "gpt-4.1": ModelFacts(1_047_576, 2, 8, 0.5),
        "gpt-4.1-mini": ModelFacts(1_047_576, 0.4, 1.6, 0.1),
        "gpt-4.1-nano": ModelFacts(1_047_576, 0.1, 0.4, 0.025),
        "gpt-5": gpt5,
        "gpt-5-mini": ModelFacts(400_000, 0.25, 2, 0.025),
        "gpt-5-nano": ModelFacts(400_000, 0.05, 0.4, 0.005),
        "gpt-5.1": gpt5,
        "gpt-5.2": ModelFacts(400_000, 1.75, 14, 0.175),
        "gpt-5.4": ModelFacts(window, 2.5, 15, 0.25, long),
        "gpt-5.4-mini": ModelFacts(400_000, 0.75, 4.5, 0.075),
        "gpt-5.4-nano": ModelFacts(400_000, 0.2, 1.25, 0.02),
        "gpt-5.5": ModelFacts(window, 5, 30, 0.5, long),
        "gpt-5.6": sol56,
        "gpt-5.6-sol": sol56,
        "gpt-5.6-terra": ModelFacts(window, 2, 12, 0.2, long),
        "gpt-5.6-luna": ModelFacts(window, 0.2, 1.2, 0.02, long),
        "gpt-6-astra": ModelFacts(window, 10, 50, 1, long),
        "gpt-6-sol": ModelFacts(window, 2, 10, 0.2, long),
        "gpt-6-luna": ModelFacts(window, 0.1, 0.5, 0.01, long),
        "gpt-6.1-sol": ModelFacts(window, 2, 10, 0.1, long),
        "gpt-6.1-terra": ModelFacts(window, 1, 5, 0.05, long),
        "gpt-6.2-astra": ModelFacts(window, 8, 40, 0.4, long),
        "gpt-6.2-sol": ModelFacts(window, 2, 10, 0.1, long),
        "o1": ModelFacts(200_000, 15, 60, 7.5),
        "o1-mini": ModelFacts(128_000, 1.1, 4.4, 0.55),
        "o1-preview": ModelFacts(128_000, 15, 60, 7.5),
        "o3": ModelFacts(200_000, 2, 8, 0.5),
        "o3-mini": ModelFacts(200_000, 1.1, 4.4, 0.55),
        "o4-mini": ModelFacts(200_000, 1.1, 4.4, 0.275),
        "text-embedding-3-small": ModelFacts(8_191, 0.02, 0),
        "text-embedding-3-large": ModelFacts(8_191, 0.13, 0),
        "text-embedding-ada-002": ModelFacts(8_191, 0.1, 0),
    }


def _anthropic() -> Mapping[str, ModelFacts]:
    old_opus, sonnet = ModelFacts(200_000, 15, 75, 1.5), ModelFacts(200_000, 3, 15, 0.3)
    opus = ModelFacts(1_000_000, 5, 25, 0.5)
    fable, cheaper_fable = ModelFacts(1_000_000, 10, 50, 1), ModelFacts(1_000_000, 10, 50, 0.25)
    return {
        "claude-3-haiku": ModelFacts(200_000, 0.25, 1.25, 0.03),
        "claude-3-opus": old_opus,
        "claude-3-5-haiku": ModelFacts(200_000, 0.8, 4, 0.08),
        "claude-3-5-sonnet": sonnet,
        "claude-3-7-sonnet": sonnet,
        "claude-haiku-4-5": ModelFacts(200_000, 1, 5, 0.1),
        "claude-haiku-5-5": ModelFacts(1_000_000, 0.1, 0.5, 0.01, LongRate(100_000, 5, 5)),
        "claude-sonnet-4": sonnet,
        "claude-sonnet-4-0": sonnet,
        "claude-sonnet-4-5": sonnet,
        "claude-sonnet-4-6": ModelFacts(1_000_000, 3, 15, 0.3),
        "claude-sonnet-5": ModelFacts(1_000_000, 2, 10, 0.2),
        "claude-sonnet-5-5": ModelFacts(1_000_000, 2, 10, 0.1),
        "claude-opus-4": old_opus,
        "claude-opus-4-0": old_opus,
        "claude-opus-4-1": old_opus,
        "claude-opus-4-5": ModelFacts(200_000, 5, 25, 0.5),
        "claude-opus-4-6": opus,
        "claude-opus-4-7": opus,
        "claude-opus-4-8": opus,
        "claude-opus-5": opus,
        "claude-opus-5-5": ModelFacts(1_000_000, 4, 20, 0.2),
        "claude-fable-5": fable,
        "claude-fable-5-1": cheaper_fable,
        "claude-mythos-5": fable,
        "claude-mythos-5-1": cheaper_fable,
    }


FACTS: Mapping[str, ModelFacts] = MappingProxyType(_facts())

_OWN_MACHINES: Mapping[str, ModelFacts] = MappingProxyType(
    {
        "ollama": ModelFacts(4_096, 0, 0),
        "local": ModelFacts(8_192, 0, 0),
        "demo": ModelFacts(128_000, 0, 0),
        "scripted": ModelFacts(128_000, 0, 0),
    }
)
"""Providers whose models cost nothing per token, with the context that they serve by default."""


def facts_of(model: str) -> ModelFacts | None:
    """What is known of `model`, with or without `provider/` in front; None where nothing is."""
    provider, slash, _ = model.partition("/")
    if slash and provider in _OWN_MACHINES:
        return _OWN_MACHINES[provider]
    name = model.rpartition("/")[2]
    found = FACTS.get(name)
    if found is None and (version := _VERSION.search(name)):
        found = FACTS.get(name[: version.start()])
    return found
