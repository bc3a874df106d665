"""Every hook a plugin can implement. Mark an implementation with `@liteagent.hookimpl`.

An implementation may be async and may leave out parameters it does not need. A `register_*` hook is
called once per process; what it passes to `register` is kept with the plugin's name and version.
A `before_*`, `after_*` or `on_event` implementation gets 30 seconds; one that waits is best async.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

import pluggy

API_LEVEL = 1
"""Raised when a plugin written for the level before would no longer work."""

hookspec = pluggy.HookspecMarker("liteagent")
hookimpl = pluggy.HookimplMarker("liteagent")

Done = Awaitable[None] | None


class Register(Protocol):
    """Takes one thing that the plugin offers."""

    def __call__(self, thing: Any, /) -> None: ...


# fmt: off
@hookspec
def register_tools(register: Register) -> Done: """Functions made with `@liteagent.tool`."""
@hookspec
def register_models(register: Register) -> Done: """Providers (`liteagent.models.Provider`)."""
@hookspec
def register_embedders(register: Register) -> Done: """What turns text into vectors."""
@hookspec
def register_vector_stores(register: Register) -> Done: """Where vectors are kept and searched."""
@hookspec
def register_chunkers(register: Register) -> Done: """What cuts documents into pieces."""
@hookspec
def register_retrievers(register: Register) -> Done: """What finds pieces for a question."""
@hookspec
def register_data_sources(register: Register) -> Done: """What reads documents from somewhere."""
@hookspec
def register_memory(register: Register) -> Done: """Strategies that choose what a model is shown."""
@hookspec
def register_nodes(register: Register) -> Done: """Kinds of workflow nodes."""
@hookspec
def register_journals(register: Register) -> Done: """Journals, by the scheme of their URL."""
@hookspec
def register_storage(register: Register) -> Done: """Where records and blobs are kept."""
@hookspec
def register_adapters(register: Register) -> Done: """Chat platforms."""
@hookspec
def before_model_call(session_id: str, request: Any) -> Done: """`ModelRequest` goes out."""
@hookspec
def after_model_call(session_id: str, request: Any, response: Any) -> Done: """It was answered."""
@hookspec
def before_tool_call(tool: str, args: Mapping[str, Any], ctx: Any) -> Done:
    """A tool is about to run, with these arguments and `ToolContext`; raise to keep it from it."""
@hookspec
def after_tool_call(
    tool: str, args: Mapping[str, Any], ctx: Any, result: Any, error: str | None
) -> Done: """It returned `result` (plain JSON), or failed with `error`."""
@hookspec
def on_event(entity: str, event: Any) -> Done: """An event was journaled."""
# fmt: on
