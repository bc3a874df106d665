"""The commands `plugins …`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from liteagent.cli import options, plugin_choice
from liteagent.cli.failures import FAILED
from liteagent.cli.loading import WELL, load_configuration
from liteagent.cli.output import out
from liteagent.errors import LiteAgentException, PluginNotFoundError
from liteagent.models import ModelRegistry
from liteagent.plugins import PluginHost, PluginState, PluginStatus, Provenance
from liteagent.tools import ToolRegistry

app = typer.Typer(no_args_is_help=True, help="Plugins that are installed here.")

PluginName = Annotated[
    str, typer.Argument(metavar="PLUGIN", help="Its name, or distribution:name.")
]
STYLES = {PluginState.LOADED: "green", PluginState.DISABLED: "dim"}


@app.command("list")
def list_(json: options.AsJson = False, config: options.Config = None) -> None:
    """Every plugin that is installed, and what became of it."""
    statuses = _load(config).statuses
    printer = out()
    if json:
        printer.json([status.to_json() for status in statuses])
        return
    rows = [
        (s.name, s.state.value, f"{s.distribution} {s.version}".strip(), ", ".join(s.hooks))
        for s in statuses
    ]
    printer.table(("plugin", "state", "from", "hooks"), rows)
    for status in statuses:
        if status.state not in WELL:
            printer.line(str(status), "red")


@app.command()
def show(name: PluginName, json: options.AsJson = False, config: options.Config = None) -> None:
    """One plugin: its state, its hooks, its tools and models."""
    plugins = _load(config)
    offers = asyncio.run(_Offers.of(plugins))
    status = _find(plugins.statuses, name)
    tools, models = offers.tools_of(status), offers.models_of(status)
    if json:
        out().json({**status.to_json(), "tools": tools, "models": models})
        return
    _print(status)
    for label, names in (("hooks", status.hooks), ("tools", tools), ("models", models)):
        if names:
            out().line(f"{label}: {', '.join(names)}")


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(metavar="[PLUGIN]", show_default=False)] = None,
    config: options.Config = None,
) -> None:
    """Load every plugin, or one, and everything it registers; exits with 1 if something is wrong.

    Warnings are about tools that models will find hard to use.
    """
    plugins = _load(config)
    offers = asyncio.run(_Offers.of(plugins))
    statuses = plugins.statuses if name is None else [_find(plugins.statuses, name)]
    for status in statuses:
        _print(status)
        for warning in offers.warnings_of(status):
            out().line(f"  warning: {warning}", "yellow")
    errors = offers.errors if name is None else []
    for error in errors:
        out().line(str(error), "red")
    if errors or any(status.state not in WELL for status in statuses):
        raise typer.Exit(FAILED)


@app.command()
def enable(name: PluginName, config: options.Config = None) -> None:
    """Load the plugin again; nothing is imported now."""
    plugin_choice.enable(load_configuration(config), name)
    out().line(f"{name} is enabled; a server that runs takes it up when it starts again.")


@app.command()
def disable(name: PluginName, config: options.Config = None) -> None:
    """Load the plugin no more; nothing is imported now."""
    path = plugin_choice.disable(load_configuration(config), name)
    out().line(f"{name} is disabled (in {path}); a server that runs keeps it until it stops.")


class _Offers:
    """What the plugins register, and what of it cannot be had."""

    def __init__(self) -> None:
        self._tools, self._models = ToolRegistry(), list[tuple[str, Provenance]]()
        self.errors: list[LiteAgentException] = []

    @classmethod
    async def of(cls, plugins: PluginHost) -> _Offers:
        offers, models = cls(), ModelRegistry()
        offers.errors = offers._tools.register_all(await plugins.collect("register_tools"))
        for provider, origin in await plugins.collect("register_models"):
            try:
                models.register(provider, origin)
            except LiteAgentException as error:
                offers.errors.append(error)
            else:
                offers._models.append((provider.name, origin))
        await models.close()
        return offers

    def tools_of(self, status: PluginStatus) -> list[str]:
        return [tool.name for tool in self._tools if _is_of(status, tool.plugin)]

    def models_of(self, status: PluginStatus) -> list[str]:
        return [f"{name}/…" for name, origin in self._models if _is_of(status, origin)]

    def warnings_of(self, status: PluginStatus) -> list[str]:
        return [w for tool in self._tools if _is_of(status, tool.plugin) for w in tool.warnings]


def _load(config: options.Config) -> PluginHost:
    configuration = load_configuration(config)
    return PluginHost.build(configuration.selection())


def _is_of(status: PluginStatus, origin: Provenance | None) -> bool:
    mine = (status.name, status.distribution)
    return origin is not None and (origin.plugin, origin.distribution) == mine


def _find(statuses: Sequence[PluginStatus], name: str) -> PluginStatus:
    for status in statuses:
        if name in (status.name, f"{status.distribution}:{status.name}"):
            return status
    raise PluginNotFoundError(name, (status.name for status in statuses))


def _print(status: PluginStatus) -> None:
    out().line(str(status), STYLES.get(status.state, "red"))
