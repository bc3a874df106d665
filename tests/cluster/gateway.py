"""A gateway of a few routes, to see what Serve does to requests."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from fastapi import FastAPI, Request

from liteagent.agents.sessions import Sessions
from liteagent.cluster import GatewayParts
from liteagent.principal import LOCAL


async def build_gateway(parts: GatewayParts) -> Any:
    app = FastAPI()
    sessions = Sessions(parts.runtime, parts.node.agents)

    @app.get("/livez")
    async def livez() -> dict[str, Any]:
        return {"pid": os.getpid()}

    @app.get("/headers")
    async def headers(request: Request) -> dict[str, str]:
        return dict(request.headers)

    @app.get("/forever")
    async def forever() -> None:
        await asyncio.Event().wait()

    @app.post("/turns")
    async def turn(request: Request) -> dict[str, Any]:
        text = (await request.json())["text"]
        session = await sessions.create("held", principal=LOCAL)
        frames = [frame async for frame in sessions.converse(session, text, principal=LOCAL)]
        return {"session": session, "last": frames[-1].to_json()}

    return app
