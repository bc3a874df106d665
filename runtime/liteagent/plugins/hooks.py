"""Calling hooks whose implementations may be async, slow or broken."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pluggy

from liteagent.clock import Clock
from liteagent.deadline import OverrunError, SelfCancelledError, contained, run_within
from liteagent.threads import in_thread

HOOK_SECONDS = 30.0
"""How long one implementation of a hook may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookResult:
    """What one plugin's implementation returned, or the sentence that says why it did not."""

    plugin: str
    """The name the plugin is registered under."""
    value: Any = None
    error: str | None = None


async def gather_results(
    hook: pluggy.HookCaller, *, clock: Clock, seconds: float = HOOK_SECONDS, **arguments: Any
) -> list[HookResult]:
    """Call every implementation at once, each with its own deadline; results in order of loading.

    An async one runs on the loop, a plain one in a thread. One that fails or overruns does not
    touch the others.
    """
    calls = [
        call_one(implementation, arguments, clock=clock, seconds=seconds)
        for implementation in hook.get_hookimpls()
    ]
    return list(await asyncio.gather(*calls)) if calls else []


async def call_one(
    implementation: pluggy.HookImpl,
    arguments: Mapping[str, Any],
    *,
    clock: Clock,
    seconds: float = HOOK_SECONDS,
) -> HookResult:
    """Call one plugin's implementation of a hook, within `seconds`."""
    name = implementation.plugin_name
    task = asyncio.create_task(contained(_call(implementation, arguments)))
    try:
        return HookResult(plugin=name, value=await run_within(task, seconds=seconds, clock=clock))
    except OverrunError:
        return HookResult(plugin=name, error=f"it did not end within {seconds:g} s.")
    except SelfCancelledError:
        return HookResult(plugin=name, error="it cancelled itself.")
    except Exception as error:  # noqa: BLE001 a plugin can raise anything
        return HookResult(plugin=name, error=f"{type(error).__name__}: {error}")


async def _call(implementation: pluggy.HookImpl, arguments: Mapping[str, Any]) -> Any:
    chosen = [arguments[name] for name in implementation.argnames]
    function = implementation.function
    if inspect.iscoroutinefunction(function):
        return await function(*chosen)
    value = await in_thread(lambda: function(*chosen), name=f"hook of {implementation.plugin_name}")
    return await value if inspect.isawaitable(value) else value
