"""A plugin as its distribution's metadata describes it, before anything of it is imported."""

from __future__ import annotations

from dataclasses import dataclass

from liteagent.plugins.provenance import Provenance
from liteagent.plugins.status import PluginState, PluginStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One entry point of the group `liteagent`."""

    name: str
    value: str
    """What to import: `module` or `module:attribute`."""
    distribution: str
    version: str
    api: str | None = None
    """The API level that the distribution declares, as it wrote it; None where it says nothing."""

    @property
    def full_name(self) -> str:
        """`distribution:name`, unique on a machine."""
        return f"{self.distribution}:{self.name}"

    @property
    def provenance(self) -> Provenance:
        return Provenance(plugin=self.name, distribution=self.distribution, version=self.version)

    def status(
        self,
        state: PluginState,
        *,
        cause: str = "",
        remedy: str = "",
        hooks: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> PluginStatus:
        """This plugin's line in the report."""
        return PluginStatus(
            name=self.name,
            distribution=self.distribution,
            version=self.version,
            state=state,
            cause=cause,
            remedy=remedy,
            hooks=hooks,
            seconds=seconds,
        )
