"""Which settings a model takes, by its name: what newer ones refuse, older ones demand.

As documented in November 2026. A Claude whose version is not in its name counts as the newest; a
name without Claude belongs to a server that speaks the protocol, and is treated as an early Claude.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NEWEST = (99, 0)
_NEW_STYLE = re.compile(r"claude-([a-z]+)-(\d+)(?:[-.](\d{1,2}))?(?!\d)")
_OLD_STYLE = re.compile(r"claude-(\d)(?:[-.](\d))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one model takes."""

    family: str
    """`opus`, `sonnet`, `haiku`, …; empty where the name does not tell."""
    version: tuple[int, int]

    @property
    def adaptive(self) -> bool:
        """Whether it decides itself how long to think; else it wants a budget."""
        return self.version >= (4, 6)

    @property
    def budgets(self) -> bool:
        """Whether it takes a budget of tokens for thinking."""
        return self.version < (4, 7)

    @property
    def sampling(self) -> bool:
        """Whether it takes `temperature`, `top_p` and `top_k`."""
        return self.version < (4, 7)

    @property
    def one_sampling(self) -> bool:
        """Whether it takes `temperature` or `top_p`, but not both."""
        return self.version >= (4, 1)

    @property
    def highest_effort(self) -> str:
        """What stands for `xhigh`, which came after effort itself."""
        return "xhigh" if self.version >= (4, 7) else "high"

    @property
    def thinks_unasked(self) -> bool:
        """Whether it thinks unless it is told not to."""
        return self.version >= (5, 0)

    @property
    def least_thinking(self) -> str | None:
        """The type of `thinking` that turns it off as far as that goes; None where nothing does."""
        if self.family == "sonnet" and self.version >= (5, 5):
            return "between_tools"
        always = self.version > (5, 0) or self.family in ("fable", "mythos")
        return None if always else "disabled"

    @property
    def forced_calls(self) -> bool:
        """Whether it can be made to call a tool."""
        return self.version <= (5, 0)


def abilities_of(model: str) -> Abilities:
    """What `model` takes."""
    if found := _NEW_STYLE.search(model):
        return Abilities(found[1], (int(found[2]), int(found[3] or 0)))
    if found := _OLD_STYLE.search(model):
        return Abilities("", (int(found[1]), int(found[2] or 0)))
    return Abilities("", _NEWEST if "claude" in model else (3, 7))
