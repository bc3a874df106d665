"""The commands `agents …`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from liteagent.agents.spec import AgentSpec
from liteagent.cli import options
from liteagent.cli.doors import open_agents
from liteagent.cli.output import err, out
from liteagent.yamlfile import load_yaml

app = typer.Typer(no_args_is_help=True, help="Agents, and the files that describe them.")


@app.command("list")
def list_(
    json: options.AsJson = False, server: options.Server = None, config: options.Config = None
) -> None:
    """Every agent there is to talk to."""
    asyncio.run(_list(json, server, config))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="AGENT", help="Its name.")],
    json: options.AsJson = False,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """One agent's configuration, defaults included."""
    asyncio.run(_show(name, json, server, config))


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An agent in YAML.")],
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Check an agent's file and keep it in the data directory, where a server that runs here sees
    it too; with --server in that server's.
    """
    asyncio.run(_apply(file, load_yaml(file, AgentSpec), server, config))


async def _list(json: bool, server: str | None, config: Path | None) -> None:
    async with open_agents(server, config) as door:
        items = await door.agents()
        sources = [await door.source(item["name"]) for item in items]
    if json:
        out().json([dict(item) for item in items])
        return
    rows = [
        (item["name"], ", ".join(item["model"]), ", ".join(item["tools"]), source)
        for item, source in zip(items, sources, strict=True)
    ]
    out().table(("agent", "model", "tools", "from"), rows)


async def _show(name: str, json: bool, server: str | None, config: Path | None) -> None:
    async with open_agents(server, config) as door:
        item = dict(await door.agent(name))
        source = await door.source(name)
    if json:
        out().json(item)
        return
    import yaml

    out().line(f"# {source}", "dim")
    text: str = yaml.safe_dump(item, sort_keys=False, allow_unicode=True)
    out().write(text)


async def _apply(file: Path, spec: AgentSpec, server: str | None, config: Path | None) -> None:
    async with open_agents(server, config) as door:
        kept = await door.apply(file, spec)
        source = await door.source(spec.name)
    out().line(f"{spec.name} is kept: {kept}")
    if source != kept:
        err().line(f"{source} describes {spec.name} too, and goes before it.", "yellow")
