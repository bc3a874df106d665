"""The lifecycle hooks, as the agent's driver calls them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from liteagent.clock import Clock
from liteagent.plugins.errors import ToolBlockedError
from liteagent.plugins.hooks import HOOK_SECONDS, HookResult, gather_results
from liteagent.plugins.loader import LoadedPlugins

_log = logging.getLogger("liteagent.plugins")


class Lifecycle:
    """Tells the plugins what happens. Only `before_tool_call` can stop anything.

    An implementation that raises or takes longer than `seconds` is logged and otherwise ignored.
    """

    def __init__(
        self, loaded: LoadedPlugins, *, clock: Clock, seconds: float = HOOK_SECONDS
    ) -> None:
        self._loaded = loaded
        self._clock = clock
        self._seconds = seconds

    async def before_model_call(self, session_id: str, request: Any) -> None:
        await self._tell("before_model_call", session_id=session_id, request=request)

    async def after_model_call(self, session_id: str, request: Any, response: Any) -> None:
        await self._tell(
            "after_model_call", session_id=session_id, request=request, response=response
        )

    async def before_tool_call(self, tool: str, args: Mapping[str, Any], ctx: Any) -> None:
        """Raises `ToolBlockedError` when any implementation raised or did not end in time."""
        results = await self._tell("before_tool_call", tool=tool, args=args, ctx=ctx)
        for result in results:
            if result.error is not None:
                raise ToolBlockedError(tool, self._loaded.origins[result.plugin], result.error)

    async def after_tool_call(
        self, tool: str, args: Mapping[str, Any], ctx: Any, *, result: Any, error: str | None
    ) -> None:
        await self._tell(
            "after_tool_call", tool=tool, args=args, ctx=ctx, result=result, error=error
        )

    @property
    def watches_events(self) -> bool:
        """Whether any plugin implements `on_event`."""
        return bool(self._loaded.manager.hook.on_event.get_hookimpls())

    async def on_event(self, entity: str, event: Any) -> None:
        await self._tell("on_event", entity=entity, event=event)

    async def _tell(self, hook: str, **arguments: Any) -> list[HookResult]:
        caller = getattr(self._loaded.manager.hook, hook)
        if not caller.get_hookimpls():
            return []
        results = await gather_results(
            caller, clock=self._clock, seconds=self._seconds, **arguments
        )
        for result in results:
            if result.error is not None:
                _log.warning("%s of plugin %s failed: %s", hook, result.plugin, result.error)
        return results
