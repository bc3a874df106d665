"""The command `doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import typer

from liteagent.cli import options
from liteagent.cli.doctor.finding import Finding, Level, wrong
from liteagent.cli.failures import FAILED
from liteagent.cli.output import out
from liteagent.config import Settings
from liteagent.errors import LiteAgentException

MARKS = {Level.OK: "✓", Level.NOTE: "·", Level.WRONG: "✗"}


def doctor(json: options.AsJson = False, config: options.Config = None) -> None:
    """Look for what keeps LiteAgent from working here; exits with 1 if there is something."""
    findings = asyncio.run(_examine(config))
    if json:
        out().json([finding.to_json() for finding in findings])
    else:
        rows = [(MARKS[f.level], f.check, f.text) for f in findings]
        out().table(("", "check", "found"), rows)
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(FAILED)


async def _examine(config: Path | None) -> list[Finding]:
    return [finding async for finding in _findings(config)]


async def _findings(config: Path | None) -> AsyncIterator[Finding]:
    from liteagent.cli.doctor import machine
    from liteagent.cli.server.running import find_running
    from liteagent.config import load_settings

    yield machine.python()
    try:
        settings = load_settings()
    except LiteAgentException as error:
        yield wrong("settings", str(error))
        return
    yield machine.data_directory(settings.home)
    yield await machine.disk(settings.home)
    yield await machine.journal(settings)
    async for finding in _setup_findings(config, settings):
        yield finding
    async for finding in machine.server(find_running(settings.home)):
        yield finding


async def _setup_findings(config: Path | None, settings: Settings) -> AsyncIterator[Finding]:
    from liteagent.cli.doctor.adapters import adapter_findings
    from liteagent.cli.doctor.setup import Setup
    from liteagent.cli.loading import load_configuration

    try:
        configuration = load_configuration(config)
        agents = configuration.agents().all()
    except LiteAgentException as error:
        yield wrong("configuration", str(error))
        return
    setup = await Setup.load(configuration)
    for finding in setup.plugin_findings():
        yield finding
    for finding in setup.provider_findings():
        yield finding
    for finding in setup.agent_findings(agents):
        yield finding
    async for finding in adapter_findings(setup.plugins, settings):
        yield finding
