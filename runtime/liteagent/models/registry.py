"""Which provider serves which model name."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from liteagent.errors import ProviderConfigurationError, ProviderNotFoundError
from liteagent.models.contract import Provider
from liteagent.plugins import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntry:
    """A registered provider as a listing shows it."""

    name: str
    plugin: str
    """The distribution that brought it."""
    missing: str | None
    """What it lacks to work; None where nothing is known to be missing."""


class ModelRegistry:
    """The providers of one process, by name; closing it closes them."""

    def __init__(self) -> None:
        self._providers: dict[str, tuple[Provider, str]] = {}

    def register(self, provider: Provider, plugin: Provenance | str = "") -> None:
        """Add a provider. Raises ProviderConfigurationError where its name is taken."""
        origin = str(plugin) or type(provider).__module__
        if provider.name in self._providers:
            other = self._providers[provider.name][1]
            raise ProviderConfigurationError(
                f"Both {other} and {origin} provide models as {provider.name!r}:"
                " disable one of the two with `liteagent plugins disable`."
            )
        self._providers[provider.name] = (provider, origin)

    def resolve(self, model: str) -> tuple[Provider, str]:
        """`(provider, the provider's own name of the model)` for `provider/model`.

        Raises ProviderNotFoundError, near misses named, and ProviderConfigurationError where the
        name has no provider in front.
        """
        name, slash, own = model.partition("/")
        if not slash or not name or not own:
            raise ProviderConfigurationError(
                f"Write a model as provider/model, for instance openai/gpt-4o, not {model!r}.",
                field="model",
            )
        if name not in self._providers:
            raise ProviderNotFoundError(name, self._providers)
        return self._providers[name][0], own

    def providers(self) -> list[ProviderEntry]:
        """Every provider, by name. Makes no call."""
        return [
            ProviderEntry(name=name, plugin=plugin, missing=provider.missing())
            for name, (provider, plugin) in sorted(self._providers.items())
        ]

    async def close(self) -> None:
        """Close every provider; one that fails to close does not keep the others open."""
        async with AsyncExitStack() as stack:
            for provider, _ in self._providers.values():
                stack.push_async_callback(provider.close)
        self._providers.clear()
