"""Checks of the setup: plugins, providers, agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from liteagent.agents.configuration import Configuration
from liteagent.agents.spec import AgentSpec
from liteagent.cli.doctor.finding import Finding, note, ok, wrong
from liteagent.cli.loading import broken
from liteagent.errors import LiteAgentException
from liteagent.models import ModelRegistry, price_known
from liteagent.plugins import PluginHost
from liteagent.tools import ToolRegistry


class Setup:
    """What the plugins bring, for the agents that need it."""

    def __init__(self, plugins: PluginHost) -> None:
        self.plugins, self.tools, self.models = plugins, ToolRegistry(), ModelRegistry()
        self.errors: list[LiteAgentException] = []

    @classmethod
    async def load(cls, configuration: Configuration) -> Setup:
        """Load the plugins and take in everything they register."""
        setup = cls(PluginHost.build(configuration.selection()))
        setup.errors = setup.tools.register_all(await setup.plugins.collect("register_tools"))
        for provider, origin in await setup.plugins.collect("register_models"):
            try:
                setup.models.register(provider, origin)
            except LiteAgentException as error:
                setup.errors.append(error)
        return setup

    def plugin_findings(self) -> Iterator[Finding]:
        """The plugins that are wanted and do not work, or how many do."""
        failed = broken(self.plugins)
        yield from (wrong("plugins", str(status)) for status in failed)
        yield from (wrong("plugins", str(error)) for error in self.errors)
        if not failed and not self.errors:
            yield ok("plugins", f"{len(self.plugins.statuses)} installed, none broken")

    def provider_findings(self) -> Iterator[Finding]:
        """What each provider lacks."""
        for entry in self.models.providers():
            if entry.missing is None:
                yield ok("providers", f"{entry.name} can be asked")
            else:
                yield note("providers", f"{entry.name}: {entry.missing}")

    def agent_findings(self, agents: Sequence[AgentSpec]) -> Iterator[Finding]:
        """Agents that could not answer, or not use what they are given."""
        missing = {entry.name: entry.missing for entry in self.models.providers()}
        for spec in agents:
            problems = [
                *self._model_problems(spec, missing),
                *self._tool_problems(spec),
                *unlimited_costs(spec),
            ]
            if problems:
                yield note("agents", f"{spec.name}: {'; '.join(problems)}")
            else:
                yield ok("agents", spec.name)

    def _model_problems(self, spec: AgentSpec, missing: Mapping[str, str | None]) -> Iterator[str]:
        lacks = [_lack(model, missing) for model in spec.model]
        if all(lacks):
            yield f"none of its models can be asked ({', '.join(filter(None, lacks))})"

    def _tool_problems(self, spec: AgentSpec) -> Iterator[str]:
        unknown = [name for name in spec.tools if name not in self.tools]
        if unknown:
            yield f"no plugin brings {', '.join(unknown)}"


def unlimited_costs(spec: AgentSpec) -> Iterator[str]:
    """Says where the agent's limit on cost cannot hold."""
    unknown = [model for model in spec.model if not price_known(model)]
    if spec.limits.max_cost_usd is not None and unknown:
        yield f"limits.max_cost_usd counts {', '.join(unknown)} as free, for no price is known"


def _lack(model: str, missing: Mapping[str, str | None]) -> str | None:
    """What keeps a model from being asked, or None."""
    provider = model.partition("/")[0]
    if provider not in missing:
        return f"there is no provider {provider}"
    return missing[provider]
