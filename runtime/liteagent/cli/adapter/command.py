"""The command `adapter`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from liteagent.cli import options
from liteagent.cli.loading import load_configuration


def adapter(
    platform: Annotated[str, typer.Argument(help="The chat platform: slack or discord.")],
    agent: Annotated[
        str | None,
        typer.Option("--agent", "-a", help="Who answers there.", show_default=False),
    ] = None,
    in_process: Annotated[
        bool,
        typer.Option("--in-process", help="Run the agents here, instead of in `liteagent up`."),
    ] = False,
    config: options.Config = None,
) -> None:
    """Serve one chat platform in the foreground, over the `liteagent up` that runs here.

    The tokens come from the environment; `liteagent doctor` says which are missing or wrong.
    """
    from liteagent.cli.adapter.serving import serve

    configuration = load_configuration(config)
    asyncio.run(serve(platform, agent, configuration, in_process=in_process))
