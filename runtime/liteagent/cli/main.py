"""The command line: `liteagent`."""

from __future__ import annotations

from typing import Annotated

import typer

from liteagent.cli import agents, approvals, inbox, keys, plugins, sessions, tools
from liteagent.cli.adapter import adapter
from liteagent.cli.chat import chat
from liteagent.cli.chat_sim import chat_sim
from liteagent.cli.doctor import doctor
from liteagent.cli.root import Root
from liteagent.cli.server.down import down
from liteagent.cli.server.status import status
from liteagent.cli.server.up import up

app = typer.Typer(
    name="liteagent",
    cls=Root,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"liteagent {version('liteagent-runtime')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error was raised, and every log line.")
    ] = False,
) -> None:
    """A durable runtime for LLM agents."""


app.command("chat")(chat)
app.command("up")(up)
app.command("down")(down)
app.command("status")(status)
app.command("adapter")(adapter)
app.command("chat-sim")(chat_sim)
app.command("doctor")(doctor)
app.add_typer(agents.app, name="agents")
app.add_typer(sessions.app, name="sessions")
app.add_typer(approvals.app, name="approvals")
app.add_typer(inbox.app, name="inbox")
app.add_typer(plugins.app, name="plugins")
app.add_typer(tools.app, name="tools")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """What the installed command runs."""
    app()
