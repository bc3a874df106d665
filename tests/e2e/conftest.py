"""One `liteagent up` for all tests of this folder: Ray takes seconds to start."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from liteagent.cluster.environment import free_ports
from liteagent.testing.slack import FakeSlack
from tests.e2e.client import Native
from tests.e2e.home import Home
from tests.e2e.script import Model
from tests.e2e.up import Up
from tests.fixtures.slack_team import Team
from tests.fixtures.smollm import ServedModel

PATIENCE = 120
"""Seconds a client waits for the next piece of an answer."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.ray)
            # First, for the automatic mode has marked them as well, with a loop for each test.
            item.add_marker(pytest.mark.asyncio(loop_scope="package"), append=False)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def model() -> AsyncGenerator[Model]:
    async with Model() as model:
        yield model


@pytest.fixture(scope="package")
def small_model(request: pytest.FixtureRequest) -> ServedModel | None:
    """A real language model; None where it cannot be had, which keeps only its own test from
    running.
    """
    try:
        return request.getfixturevalue("smollm")
    except pytest.skip.Exception:
        return None


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def team() -> AsyncGenerator[Team]:
    """A Slack in which the server is an app."""
    async with FakeSlack(answer_seconds=PATIENCE) as slack:
        yield Team(slack)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def the_command(
    model: Model,
    small_model: ServedModel | None,
    team: Team,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Up]:
    """Started when it is first wanted."""
    home = Home(tmp_path_factory.mktemp("e2e"))
    home.furnish()
    (port,) = free_ports(1)
    up = Up(home, port, home.environment(model.url, small_model) | team.environment)
    try:
        yield up
        if up.runs:
            up.interrupt()
            assert await up.ended() == 0
            assert await up.left_nothing()
    finally:
        await up.clean_up()


@pytest_asyncio.fixture(loop_scope="package")
async def up(the_command: Up) -> Up:
    """The command, running."""
    if not the_command.runs:
        await the_command.start()
    return the_command


@pytest_asyncio.fixture(loop_scope="package")
async def openai(up: Up) -> AsyncGenerator[AsyncOpenAI]:
    """The official client, as it comes."""
    async with AsyncOpenAI(api_key=up.key, base_url=f"{up.url}/v1", timeout=PATIENCE) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="package")
async def native(up: Up) -> AsyncGenerator[Native]:
    headers = {"Authorization": f"Bearer {up.key}"}
    async with httpx.AsyncClient(base_url=up.url, headers=headers, timeout=PATIENCE) as http:
        yield Native(http)
