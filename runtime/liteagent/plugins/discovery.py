"""Which plugins are installed and which of them may load; settled from metadata, nothing imported.

A distribution offers plugins in the entry-point group `liteagent`. It may declare the API level it
was written for in the group `liteagent.api`, as an entry named `level` with a value such as `v1`;
one that declares nothing is taken to fit.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata

from liteagent.plugins.candidate import Candidate
from liteagent.plugins.selection import Selection, canonical
from liteagent.plugins.status import PluginState, PluginStatus

GROUP = "liteagent"
API_GROUP = "liteagent.api"


@dataclass(frozen=True, slots=True)
class Settled:
    """Which candidates may be imported, and why the others may not."""

    ready: tuple[Candidate, ...]
    refused: tuple[PluginStatus, ...]


def discover(path: Sequence[str] | None = None) -> list[Candidate]:
    """Every plugin whose distribution is on `path` (None: `sys.path`), by distribution and name."""
    where = list(sys.path if path is None else path)
    names = {
        canonical(distribution.metadata["Name"] or "")
        for distribution in metadata.distributions(path=where)
        if any(entry.group == GROUP for entry in distribution.entry_points)
    }
    found: list[Candidate] = []
    for name in names - {""}:
        # Of two versions on the path, the first shadows the second, as its modules do.
        first = next(iter(metadata.distributions(name=name, path=where)))
        found.extend(_candidates(first))
    return sorted(found, key=lambda candidate: (candidate.distribution, candidate.name))


def settle(candidates: Iterable[Candidate], selection: Selection, *, api_level: int) -> Settled:
    """Apply allow and deny lists, then the API level, then refuse names that are claimed twice."""
    known = list(candidates)
    refused = [*selection.unmatched(known)]
    ready: list[Candidate] = []
    for candidate in known:
        status = selection.refusal(candidate) or _api_refusal(candidate, api_level)
        if status is None:
            ready.append(candidate)
        else:
            refused.append(status)
    by_name: dict[str, list[Candidate]] = {}
    for candidate in ready:
        by_name.setdefault(candidate.name, []).append(candidate)
    for rivals in by_name.values():
        if len(rivals) > 1:
            refused.extend(_duplicate(rival, rivals) for rival in rivals)
    return Settled(
        ready=tuple(one for one in ready if len(by_name[one.name]) == 1), refused=tuple(refused)
    )


def _candidates(distribution: metadata.Distribution) -> Iterator[Candidate]:
    entries = distribution.entry_points
    levels = [entry.value for entry in entries if entry.group == API_GROUP]
    for entry in entries:
        if entry.group == GROUP:
            yield Candidate(
                name=entry.name,
                value=entry.value,
                distribution=distribution.metadata["Name"],
                version=distribution.metadata["Version"] or "unknown",
                api=levels[0] if levels else None,
            )


def _api_refusal(candidate: Candidate, api_level: int) -> PluginStatus | None:
    if candidate.api is None:
        return None
    declared = re.fullmatch(r"v?(\d+)", candidate.api.strip())
    if declared is None:
        return candidate.status(
            PluginState.INCOMPATIBLE,
            cause=f"It declares the API level {candidate.api!r}, which is not of the form v1.",
            remedy=f"pip install --upgrade {candidate.distribution}",
        )
    level = int(declared[1])
    if level == api_level:
        return None
    behind = "liteagent-runtime" if level > api_level else candidate.distribution
    return candidate.status(
        PluginState.INCOMPATIBLE,
        cause=f"It is written for plugin API level {level}, and this LiteAgent has {api_level}.",
        remedy=f"pip install --upgrade {behind}",
    )


def _duplicate(candidate: Candidate, rivals: Sequence[Candidate]) -> PluginStatus:
    names = " and ".join(str(rival.provenance) for rival in rivals)
    return candidate.status(
        PluginState.DUPLICATE,
        cause=f"{names} both name a plugin {candidate.name!r}, so neither is loaded.",
        remedy=f"liteagent plugins disable {candidate.full_name}",
    )
