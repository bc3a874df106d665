"""`liteagent up --address`: on a Ray cluster that somebody else started, and that stays."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from liteagent.cluster.environment import free_ports
from liteagent.cluster.probe import answers
from tests.cluster.waiting import until

COMMANDS = Path(sys.executable).parent
START_SECONDS = 240
TOKEN = "0123456789abcdef" * 4
OURS = ("ray::Host", "ray::Supervisor", "ray::ServeController", "ray::ProxyActor", "ray::Serve")


class Running:
    """A command, and what it has printed."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self.process, self._output = process, output

    async def says(self, words: str) -> str:
        async def said() -> str:
            text = self._output.read_text(encoding="utf-8")
            assert words in text or self.process.returncode is None, text
            return text if words in text else ""

        return await until(said, START_SECONDS)

    def titles(self) -> list[str]:
        """Of the processes that it started, and theirs."""
        found: list[str] = []
        for each in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                found.append(" ".join(each.cmdline()))
        return found


@asynccontextmanager
async def running(
    *command: str, environment: Mapping[str, str], output: Path
) -> AsyncGenerator[Running]:
    """Ended with all that it started, whatever a test has done."""
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            str(COMMANDS / command[0]),
            *command[1:],
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
        )
    family: list[psutil.Process] = []
    try:
        yield Running(process, output)
    finally:
        if process.returncode is None:
            family = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            await process.wait()
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Ray's token is there, and nothing says that it is needed."""
    known = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_MODE"}
    home = str(tmp_path / "home")
    return {
        **known,
        "LITEAGENT_HOME": home,
        "RAY_AUTH_TOKEN": TOKEN,
        "RAY_USAGE_STATS_ENABLED": "0",
    }


@asynccontextmanager
async def ray_cluster(
    environment: Mapping[str, str], output: Path
) -> AsyncGenerator[tuple[Running, str]]:
    """The cluster and its address."""
    port, client = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="ray-") as folder:  # sockets want short names
        options = ["--head", "--block", "--num-cpus=2", "--include-dashboard=false"]
        options += [f"--port={port}", f"--ray-client-server-port={client}", f"--temp-dir={folder}"]
        async with running("ray", "start", *options, environment=environment, output=output) as ray:
            await ray.says("Ray runtime started")
            yield ray, f"127.0.0.1:{port}"


async def test_up_joins_a_cluster_that_asks_for_a_token_and_leaves_nothing_there(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    first, second = free_ports(2)
    async with ray_cluster(environment, tmp_path / "ray.txt") as (ray, address):
        command = ["liteagent", "up", "--address", address, "--port"]
        output = tmp_path / "first.txt"
        async with running(*command, str(first), environment=environment, output=output) as up:
            key = shown_key(await up.says("Ctrl-C stops it"))
            assert await greeted(first, key) == "[demo] Hello!"
            up.process.send_signal(signal.SIGINT)
            assert await up.process.wait() == 0
            await up.says("Stopped.")
        await until_nothing_of_ours(ray)
        assert not await answers("127.0.0.1", first, "/livez")

        output = tmp_path / "second.txt"
        async with running(*command, str(second), environment=environment, output=output) as up:
            await up.says("Ctrl-C stops it")
            up.process.kill()
            await up.process.wait()
        assert await greeted(second, key) == "[demo] Hello!", "what was started goes on"
        command = ["liteagent", "down", "--address", address]
        output = tmp_path / "down.txt"
        async with running(*command, environment=environment, output=output) as down:
            assert await down.process.wait() == 0
        await until_nothing_of_ours(ray)
        assert ray.process.returncode is None


def shown_key(said: str) -> str:
    shown = re.search(r"admin key: (\S+)", said)
    assert shown is not None
    return shown[1]


async def until_nothing_of_ours(ray: Running) -> None:
    async def nothing() -> bool:
        return not [title for title in ray.titles() if title.startswith(OURS)]

    assert await until(nothing)


async def greeted(port: int, key: str) -> str:
    """The first line of an answer."""
    hello = {"model": "assistant", "messages": [{"role": "user", "content": "hello"}]}
    headers = {"Authorization": f"Bearer {key}"}
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    async with httpx.AsyncClient(timeout=120) as http:
        answer = await http.post(url, json=hello, headers=headers)
    text: str = answer.json()["choices"][0]["message"]["content"]
    return text.splitlines()[0]


async def test_where_no_cluster_is_that_is_said_at_once(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    command = ["liteagent", "up", "--address", f"127.0.0.1:{port}"]
    output = tmp_path / "up.txt"
    async with running(*command, environment=environment, output=output) as up:
        assert await up.process.wait() == 1
    assert f"No Ray cluster answers at '127.0.0.1:{port}'" in output.read_text()
