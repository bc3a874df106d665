"""Which plugins a person wants: an allow list, and a deny list that wins over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from liteagent.errors import near_misses
from liteagent.plugins.candidate import Candidate
from liteagent.plugins.status import PluginState, PluginStatus


def canonical(name: str) -> str:
    """`name` as distributions are compared: lower case, with `-` for runs of `-`, `_` and `.`."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Names of plugins, each an entry point (`demo`), a distribution, or both (`dist:demo`)."""

    allow: frozenset[str] | None = None
    """None: every plugin that is installed."""
    deny: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *, enabled: Iterable[str] | None = None, disabled: Iterable[str] = ()) -> Selection:
        """From lists as people write them; None and an empty list of enabled ones mean all."""
        return cls(allow=_names(enabled or ()) or None, deny=_names(disabled))

    def refusal(self, candidate: Candidate) -> PluginStatus | None:
        """Why this plugin is left out, or None when it may load."""
        names = _names_of(candidate)
        if names & self.deny:
            cause = "It is on the deny list."
        elif self.allow is not None and not names & self.allow:
            cause = "It is not on the allow list."
        else:
            return None
        return candidate.status(
            PluginState.DISABLED,
            cause=cause,
            remedy=f"liteagent plugins enable {candidate.name}",
        )

    def unmatched(self, candidates: Iterable[Candidate]) -> Iterator[PluginStatus]:
        """A line for each name of the allow list that no installed plugin has."""
        known = list(candidates)
        names = {name for candidate in known for name in _names_of(candidate)}
        for wanted in sorted((self.allow or frozenset()) - names):
            near = near_misses(wanted, (candidate.name for candidate in known))
            yield PluginStatus(
                name=wanted,
                distribution="",
                version="",
                state=PluginState.FAILED,
                cause=f"It is on the allow list and not installed: {near}",
                remedy="liteagent plugins list",
            )


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(canonical(name.strip()) for name in names if name.strip())


def _names_of(candidate: Candidate) -> frozenset[str]:
    return _names((candidate.name, candidate.distribution, candidate.full_name))
