"""The commands `tools …`: what the plugins of this machine bring, and calling it with no model."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from liteagent.cli import options
from liteagent.cli.failures import WAITING
from liteagent.cli.loading import load_configuration, load_plugins
from liteagent.cli.output import as_json, err, out
from liteagent.cli.words import args_lines, call_text
from liteagent.ids import RandomIds
from liteagent.plugins import PluginHost
from liteagent.principal import LOCAL
from liteagent.tools import (
    LocalToolRunner,
    Tool,
    ToolContext,
    ToolFailedError,
    ToolRegistry,
)

app = typer.Typer(no_args_is_help=True, help="Tools of the plugins that are installed here.")
log = logging.getLogger(__name__)

ToolName = Annotated[str, typer.Argument(metavar="TOOL", help="Its name.")]


@dataclass(frozen=True, slots=True)
class _Toolbox:
    plugins: PluginHost
    tools: ToolRegistry


async def load_tools(config: Path | None) -> _Toolbox:
    """Every tool that can be had; a warning for each that cannot."""
    plugins = load_plugins(load_configuration(config))
    tools = ToolRegistry()
    for error in tools.register_all(await plugins.collect("register_tools")):
        log.warning("%s", error)
    return _Toolbox(plugins, tools)


@app.command("list")
def list_(json: options.AsJson = False, config: options.Config = None) -> None:
    """Every tool, and which plugin brings it."""
    tools = asyncio.run(load_tools(config)).tools.get_all()
    if json:
        out().json([as_item(tool) for tool in tools])
        return
    rows = [
        (tool.name, tool.effect.value, tool.approval or "", tool.origin, _first_line(tool))
        for tool in tools
    ]
    out().table(("tool", "effect", "approval", "from", "description"), rows)


@app.command()
def show(name: ToolName, json: options.AsJson = False, config: options.Config = None) -> None:
    """One tool: what a model is told of it, and how it is run."""
    tool = asyncio.run(load_tools(config)).tools.get(name)
    item = as_item(tool)
    if json:
        out().json(item)
        return
    printer = out()
    printer.line(f"{tool.name} from {tool.origin}", "bold")
    printer.line(tool.description)
    for key, value in item.items():
        if key not in ("name", "description", "plugin", "parameters") and value not in (None, []):
            printer.line(f"{key}: {value if isinstance(value, str) else as_json(value)}")
    printer.line("parameters:")
    printer.json(dict(tool.parameters))


@app.command()
def call(
    name: ToolName,
    args: Annotated[str, typer.Argument(metavar="JSON", help="Its arguments, an object.")] = "{}",
    yes: Annotated[bool, typer.Option("--yes", help="Approve a call that needs approval.")] = False,
    config: options.Config = None,
) -> None:
    """Run a tool, with no model and no session, and print what it returns."""
    raise typer.Exit(asyncio.run(_call(name, args, yes, config)))


async def _call(name: str, text: str, yes: bool, config: Path | None) -> int:
    box = await load_tools(config)
    tool = box.tools.get(name)
    args = tool.bind(text)
    if tool.approval == "always" and not yes:
        err().line(f"{call_text(name, args)} needs approval; nothing was run.", "yellow")
        for line in args_lines(args):
            err().line(f"  {line}")
        err().line("Run it again with --yes to approve it yourself.")
        return WAITING
    result = await _run(box, tool, args)
    if isinstance(result, str):
        out().line(result)
    else:
        out().json(result)
    return 0


async def _run(box: _Toolbox, tool: Tool, args: dict[str, Any]) -> Any:
    """The tool's result, past the plugins that may block the call."""
    ids, lifecycle, runner = RandomIds(), box.plugins.lifecycle, LocalToolRunner()
    context = ToolContext(
        session_id=ids.new("sess"),
        turn_id=ids.new("turn"),
        call_id=ids.new("call"),
        principal=LOCAL,
        report=lambda text: err().line(text, "dim"),
    )
    await lifecycle.before_tool_call(tool.name, args, context)
    try:
        result = await runner.run(tool, args, context)
    except ToolFailedError as error:
        await lifecycle.after_tool_call(tool.name, args, context, result=None, error=str(error))
        raise
    finally:
        await runner.close()
    await lifecycle.after_tool_call(tool.name, args, context, result=result, error=None)
    return result


def as_item(tool: Tool) -> dict[str, Any]:
    """A tool as listings show it."""
    return {
        "name": tool.name,
        "description": tool.description,
        "plugin": tool.plugin.to_json() if tool.plugin else None,
        "effect": tool.effect.value,
        "approval": tool.approval,
        "isolation": tool.isolation,
        "timeout": tool.timeout,
        "retries": tool.retries,
        "concurrency": tool.concurrency,
        "num_cpus": tool.num_cpus,
        "num_gpus": tool.num_gpus,
        "memory": tool.memory,
        "secrets": list(tool.secrets),
        "parameters": dict(tool.parameters),
    }


def _first_line(tool: Tool) -> str:
    return tool.description.strip().partition("\n")[0]
