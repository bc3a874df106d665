"""How hard a model is to think: `thinking` and `reasoning_effort` as each model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liteagent_anthropic.abilities import Abilities

BUDGETS: Mapping[str, int] = {"minimal": 1_024, "low": 2_048, "medium": 8_000, "high": 16_000}
"""Tokens to think with, for models that want a number. The most that they are given leaves room
for the answer in the 32,000 tokens that the smallest of them may write."""
_EFFORTS = ("low", "medium", "high", "xhigh", "max")


def thinking_of(
    settings: Mapping[str, Any], able: Abilities, *, forced: bool, unthinking: bool
) -> dict[str, Any] | None:
    """The body's `thinking`; None leaves it out.

    `forced`: a tool has to be called, which no thinking model can be made to do. `unthinking`: the
    turn has begun without a thought, as after a fallback; a budget is refused from there on.
    """
    effort, wanted = settings.get("reasoning_effort"), _wanted(settings.get("thinking"))
    kind = wanted.get("type")
    if forced or effort == "none" or kind in ("disabled", "between_tools"):
        return {"type": able.least_thinking} if _needs_telling(able) else None
    if kind is None and effort is None:
        return None
    display = {key: value for key, value in wanted.items() if key == "display"}
    if able.adaptive and not (able.budgets and "budget_tokens" in wanted):
        return {"type": "adaptive", **display}
    if unthinking:
        return None
    budget = wanted.get("budget_tokens") or BUDGETS.get(str(effort), BUDGETS["high"])
    return {"type": "enabled", "budget_tokens": budget, **display}


def _wanted(thinking: object) -> Mapping[str, Any]:
    """`thinking` as Anthropic writes it, or plainly on or off."""
    if isinstance(thinking, bool):
        return {"type": "adaptive" if thinking else "disabled"}
    return thinking if isinstance(thinking, Mapping) else {}


def effort_of(settings: Mapping[str, Any], able: Abilities) -> str | None:
    """The body's `output_config.effort`; None leaves it out."""
    effort = settings.get("reasoning_effort")
    if effort is None or not able.adaptive:
        return None
    if effort == "none":
        # The nearest that a model knows which cannot stop thinking.
        return "low" if able.thinks_unasked and able.least_thinking is None else None
    if effort == "xhigh":
        return able.highest_effort
    return effort if effort in _EFFORTS else "low"


def _needs_telling(able: Abilities) -> bool:
    return able.thinks_unasked and able.least_thinking is not None
