"""One call of a tool as plain JSON, so that another process can serve it."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

from liteagent.principal import Principal
from liteagent.tools.assembly import load_body
from liteagent.tools.context import ToolContext
from liteagent.tools.entry import load_entry
from liteagent.tools.results import to_result
from liteagent.tools.secrets import Secrets
from liteagent.tools.tool import Tool


def call_request(tool: Tool, args: Mapping[str, Any], ctx: ToolContext) -> dict[str, Any]:
    """What `serve_call` needs to know; holds the secrets. The tool must have an entry."""
    return {
        "path": sys.path,
        "entry": tool.body.entry,
        "args": dict(args),
        "principal": ctx.principal.to_json(),
        "secrets": dict(ctx.secrets),
        "ctx": {
            "session_id": ctx.session_id,
            "turn_id": ctx.turn_id,
            "call_id": ctx.call_id,
            "idempotency_key": ctx.idempotency_key,
        },
    }


def serve_call(request: Mapping[str, Any], send: Callable[[Mapping[str, Any]], None]) -> Any:
    """The tool's result as plain JSON; `send` gets `{"ready": true}` when its module is imported,
    and `{"progress": text}` as the tool says so. Raises what the tool raises.
    """
    body = load_body(load_entry(request["entry"]))
    ctx = ToolContext(
        **request["ctx"],
        principal=Principal.from_json(request["principal"]),
        secrets=Secrets(request["secrets"]),
        report=lambda text: send({"progress": text}),
    )
    send({"ready": True})
    value = body.start(request["args"], ctx)
    return to_result(asyncio.run(_wait(value)) if inspect.isawaitable(value) else value)


async def _wait(value: Any) -> Any:
    return await value
