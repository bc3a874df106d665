"""A llama.cpp server that belongs to this process."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 120.0
"""How long loading a model may take."""
STOP_SECONDS = 5.0
_SERVE = Path(__file__).with_name("serve.py")
"""Run as a file: as a module it would import the whole runtime first."""


class ServerStartError(Exception):
    """The server did not come up; says why."""


@dataclass(slots=True)
class LlamaServer:
    """One model file, served in a child process with a key that only this process knows."""

    file: Path
    context: int
    url: str = ""
    api_key: str = field(default_factory=lambda: secrets.token_hex(16))
    _process: asyncio.subprocess.Process | None = None
    _log: collections.deque[str] = field(default_factory=lambda: collections.deque(maxlen=50))
    _draining: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the child is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the child and wait until it serves; raises ServerStartError."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", str(_SERVE), stdin=pipe, stdout=pipe, stderr=pipe
        )
        self._draining = asyncio.create_task(self._drain())
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await self._order()
        except BaseException:
            await self.stop()
            raise
        if "url" not in answer:
            await self.stop()
            raise ServerStartError(f"llama.cpp cannot load {self.file}: {self._reason(answer)}")
        self.url = answer["url"]

    async def _order(self) -> dict[str, str]:
        assert self._process is not None
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        order = {"model": str(self.file), "api_key": self.api_key, "context": self.context}
        writer.write(json.dumps(order).encode() + b"\n")
        line = await reader.readline()
        return json.loads(line) if line else {"error": "the process ended"}

    def _reason(self, answer: dict[str, str]) -> str:
        """The first line that llama.cpp logged as an error, else what the child said."""
        errors = [line.partition(" E ")[2] for line in self._log if " E " in line]
        return " ".join(errors[0].split()) if errors else answer["error"]

    async def _drain(self) -> None:
        """Keep the last lines of the log; a full pipe would stop the child."""
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._log.append(line.decode(errors="replace").strip())

    async def stop(self) -> None:
        """End the child, which ends at the end of its input; kill it if it does not."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._draining is not None:
            await self._draining
