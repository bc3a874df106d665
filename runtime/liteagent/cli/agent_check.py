"""Whether what an agent's file names is there, before the file is kept."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.agents.configuration import Configuration
from liteagent.agents.spec import AgentSpec
from liteagent.cli.doctor.setup import Setup, unlimited_costs
from liteagent.errors import ProviderNotFoundError, near_misses


async def check_agent(configuration: Configuration, spec: AgentSpec) -> Sequence[str]:
    """What the agent would have to do without: a sentence for each tool that no plugin brings, and
    for a limit on cost that cannot hold.

    Raises `ProviderNotFoundError` for a model that nobody could ever be asked for.
    """
    setup = await Setup.load(configuration)
    providers = [entry.name for entry in setup.models.providers()]
    for model in spec.model:
        provider = model.partition("/")[0]
        if provider not in providers:
            raise ProviderNotFoundError(provider, providers)
    known = [tool.name for tool in setup.tools]
    lacking = [
        f"No plugin brings the tool {name!r}: {near_misses(name, known)}"
        for name in spec.tools
        if name not in known
    ]
    return [*lacking, *(f"{sentence}." for sentence in unlimited_costs(spec))]
