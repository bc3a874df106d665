"""Models: the provider contract, the registry, fallback, tokens and cost."""

from liteagent.models.contract import Fault, ModelError, Provider
from liteagent.models.fallback import (
    AllModelsFailedError,
    Attempt,
    FallbackResult,
    ModelFallbackChain,
    ModelNotFoundError,
)
from liteagent.models.health import FallbackReason, ModelHealth, ModelStatus, reason_of
from liteagent.models.pricing import ModelPricing, estimate_cost, get_model_pricing, price_known
from liteagent.models.registry import ModelRegistry, ProviderEntry
from liteagent.models.selection import ModelConfig, SelectionStrategy
from liteagent.models.tokens import (
    TokenCounter,
    check_context_limit,
    context_window,
    count_message_tokens,
    count_tokens,
    estimate_tokens,
    token_counter,
)

__all__ = [
    "AllModelsFailedError",
    "Attempt",
    "FallbackReason",
    "FallbackResult",
    "Fault",
    "ModelConfig",
    "ModelError",
    "ModelFallbackChain",
    "ModelHealth",
    "ModelNotFoundError",
    "ModelPricing",
    "ModelRegistry",
    "ModelStatus",
    "Provider",
    "ProviderEntry",
    "SelectionStrategy",
    "TokenCounter",
    "check_context_limit",
    "context_window",
    "count_message_tokens",
    "count_tokens",
    "estimate_cost",
    "estimate_tokens",
    "get_model_pricing",
    "price_known",
    "reason_of",
    "token_counter",
]
