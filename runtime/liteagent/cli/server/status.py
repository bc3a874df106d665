"""The command `status`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from liteagent.cli import options
from liteagent.cli.failures import FAILED
from liteagent.cli.output import out
from liteagent.cli.server.running import RunningServer, find_running
from liteagent.config import load_settings

LOOK_SECONDS = 5.0


def status(
    json: options.AsJson = False,
    server: Annotated[
        str | None, typer.Option("--server", metavar="URL", help="Another one than this machine's.")
    ] = None,
) -> None:
    """Whether a server runs, where, and whether it is well; exits with 1 if not."""
    settings = load_settings()
    running = find_running(settings.home)
    url = server or settings.server or (running.url if running else "")
    if not url:
        found: dict[str, Any] = {"running": False}
    else:
        found = asyncio.run(look(url, running if running and running.url == url else None))
    _tell(found, json=json)
    if not found.get("ready"):
        raise typer.Exit(FAILED)


async def look(url: str, running: RunningServer | None) -> dict[str, Any]:
    """What is known of a server: `{running, url, ready}`, and `checks` or `error`; of this
    machine's own also `pid`, `since`, `ray`.
    """
    import httpx

    found: dict[str, Any] = {"running": running is not None, "url": url, "ready": False}
    if running is not None:
        found |= {"pid": running.pid, "since": running.started, "ray": running.ray}
    try:
        async with httpx.AsyncClient(base_url=url, timeout=LOOK_SECONDS) as http:
            answer = await http.get("/readyz")
        found |= {"running": True, "ready": answer.is_success, "checks": answer.json()}
    except (httpx.HTTPError, ValueError) as error:
        found["error"] = str(error) or type(error).__name__
    return found


def _tell(found: dict[str, Any], *, json: bool) -> None:
    printer = out()
    if json:
        printer.json(found)
    elif "url" not in found:
        printer.line("No server runs over this data directory; `liteagent up` starts one.")
    elif found["ready"]:
        process = f" (process {found['pid']})" if "pid" in found else ""
        printer.line(f"Up and well at {found['url']}{process}.", "green")
        for name in _lost_adapters(found["checks"]["checks"]):
            printer.line(f"{name} is not connected: `liteagent doctor` says why.", "yellow")
    else:
        why = found.get("error") or found.get("checks")
        printer.line(f"Not well at {found['url']}: {why}", "red")


def _lost_adapters(checks: Sequence[dict[str, Any]]) -> list[str]:
    """The platforms that are not connected."""
    from liteagent.cli.server.adapter_health import ADAPTER_CHECK

    lost = [check["name"] for check in checks if check["status"] != "healthy"]
    return [name.removeprefix(ADAPTER_CHECK) for name in lost if name.startswith(ADAPTER_CHECK)]
