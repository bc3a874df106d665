"""The options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="DIR",
        help="Folder with liteagent.yaml and agents/ (default: configs, then the data directory).",
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="A running LiteAgent to work with, instead of in this process; also LITEAGENT_SERVER.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
