"""A chat platform of a plugin: its token decides whether it can be served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import liteagent
from liteagent.chat.adapter import AdapterFinding, AdapterHealth, AdapterParts, Connect
from liteagent.errors import ConfigurationError
from liteagent.plugins.hookspecs import Register

TOKEN = "CAMPFIRE_TOKEN"


class Campfire:
    name = "campfire"
    variables = switches = (TOKEN,)

    def lacks(self, environ: Mapping[str, str]) -> str:
        return "" if environ.get(TOKEN) else f"{TOKEN} is not set: make one at the campfire."

    def build(self, parts: AdapterParts, connect: Connect) -> Fire:
        return Fire(parts)

    def routes(self, parts: AdapterParts) -> None:
        return None

    async def examine(
        self, environ: Mapping[str, str], journal: object = None
    ) -> AsyncIterator[AdapterFinding]:
        if environ[TOKEN] == "wet":
            yield AdapterFinding(level="wrong", text="The wood is wet: dry it.")
        else:
            yield AdapterFinding(level="ok", text="It burns.")


class Fire:
    def __init__(self, parts: AdapterParts) -> None:
        self._agents = [spec.name for spec in parts.agents.all()]
        self._wet = parts.environ[TOKEN] == "wet"
        self._looks, self._seen = 0, asyncio.Event()

    async def run(self) -> None:
        if self._wet:
            raise ConfigurationError("The wood is wet: dry it.")
        await self._seen.wait()

    def health(self) -> AdapterHealth:
        self._looks += 1
        if self._looks == 3:
            self._seen.set()
        text = f"Burning for {', '.join(self._agents)}. For {self._looks} s."
        return AdapterHealth(connected=True, text=text)


@liteagent.hookimpl
def register_adapters(register: Register) -> None:
    register(Campfire())
