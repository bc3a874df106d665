"""Hooks may be async, slow or broken; only `before_tool_call` can stop anything."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import liteagent
from liteagent.plugins import (
    PluginHost,
    Provenance,
    Selection,
    ToolBlockedError,
    UnusablePluginError,
    gather_results,
)
from liteagent.testing import FakeClock


def origin(name: str) -> Provenance:
    return Provenance(plugin=name, distribution=f"liteagent-{name}", version="1.0")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def host(clock: FakeClock) -> PluginHost:
    return PluginHost.build(Selection(), path=[], clock=clock)


class Watcher:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    @liteagent.hookimpl
    async def on_event(self, entity: str, event: Any) -> None:
        self.seen.append((entity, event))

    @liteagent.hookimpl
    def before_tool_call(self, tool: str) -> None:
        self.seen.append(tool)


class Forbids:
    @liteagent.hookimpl
    async def before_tool_call(self, tool: str, args: Any) -> None:
        if args.get("env") == "prod":
            raise PermissionError("not on prod")

    @liteagent.hookimpl
    def on_event(self) -> None:
        raise ValueError("broken")


class Hangs:
    @liteagent.hookimpl
    async def before_tool_call(self) -> None:
        await asyncio.Event().wait()


class HangsInAThread:
    def __init__(self) -> None:
        self.release = threading.Event()

    @liteagent.hookimpl
    def before_tool_call(self) -> None:
        self.release.wait()


async def test_async_and_plain_implementations_get_the_arguments_they_name(
    host: PluginHost,
) -> None:
    watcher = Watcher()
    host.add(watcher, origin("watcher"))

    await host.lifecycle.on_event("session/1", "happened")
    await host.lifecycle.before_tool_call("restart", {}, None)

    assert watcher.seen == [("session/1", "happened"), "restart"]


async def test_results_come_with_the_plugin_and_a_failure_is_a_sentence(
    host: PluginHost, clock: FakeClock
) -> None:
    host.add(Watcher(), origin("watcher"))
    host.add(Forbids(), origin("forbids"))

    results = await gather_results(
        host.manager.hook.on_event, clock=clock, entity="session/1", event=None
    )

    assert {result.plugin: result.error for result in results} == {
        "liteagent-watcher:watcher": None,
        "liteagent-forbids:forbids": "ValueError: broken",
    }


async def test_a_plugin_that_raises_before_a_tool_call_blocks_the_tool(host: PluginHost) -> None:
    host.add(Forbids(), origin("forbids"))

    await host.lifecycle.before_tool_call("restart", {"env": "test"}, None)
    with pytest.raises(ToolBlockedError) as caught:
        await host.lifecycle.before_tool_call("restart", {"env": "prod"}, None)

    assert str(caught.value) == (
        "restart was not run: liteagent-forbids 1.0 blocked it: PermissionError: not on prod"
    )


@pytest.mark.parametrize("plugin", [Hangs, HangsInAThread])
async def test_a_plugin_that_hangs_before_a_tool_call_blocks_the_tool(
    host: PluginHost, clock: FakeClock, plugin: type
) -> None:
    hanging = plugin()
    host.add(hanging, origin("hangs"))

    asked = asyncio.create_task(host.lifecycle.before_tool_call("restart", {}, None))
    await clock.sleepers()
    await clock.advance(30)
    if isinstance(hanging, HangsInAThread):  # A thread is given its grace, then left behind.
        await clock.sleepers()
        await clock.advance(5)
    with pytest.raises(ToolBlockedError, match="it did not end within 30 s"):
        await asked
    if isinstance(hanging, HangsInAThread):
        hanging.release.set()


async def test_a_failure_elsewhere_is_logged_and_stops_nothing(
    host: PluginHost, caplog: pytest.LogCaptureFixture
) -> None:
    host.add(Forbids(), origin("forbids"))

    await host.lifecycle.on_event("session/1", "happened")

    assert "on_event of plugin liteagent-forbids:forbids failed: ValueError" in caplog.text


async def test_of_a_plugin_that_fails_while_registering_nothing_is_taken(host: PluginHost) -> None:
    class Half:
        @liteagent.hookimpl
        async def register_models(self, register: Any) -> None:
            register("first")
            raise SystemExit(1)

    class Whole:
        @liteagent.hookimpl
        def register_models(self, register: Any) -> None:
            register("second")

    host.add(Half(), origin("half"))
    host.add(Whole(), origin("whole"))

    assert await host.collect("register_models") == [("second", origin("whole"))]
    causes = {status.name: status.cause for status in host.statuses}
    assert causes["half"].startswith("Its register_models failed: RuntimeError: called sys.exit(1)")


def test_an_object_with_a_misspelled_hook_is_refused(host: PluginHost) -> None:
    class Typo:
        @liteagent.hookimpl
        def on_evnt(self) -> None: ...

    with pytest.raises(UnusablePluginError, match="did you mean on_event"):
        host.add(Typo(), origin("typo"))
