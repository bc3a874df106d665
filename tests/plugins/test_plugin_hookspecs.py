"""The hooks and their parameters, which plugins are written against."""

from __future__ import annotations

import inspect

import pluggy

from liteagent.plugins import hookspecs

REGISTER = (
    "tools models embedders vector_stores chunkers retrievers data_sources memory nodes journals"
    " storage adapters"
)
LIFECYCLE = {
    "before_model_call": ["session_id", "request"],
    "after_model_call": ["session_id", "request", "response"],
    "before_tool_call": ["tool", "args", "ctx"],
    "after_tool_call": ["tool", "args", "ctx", "result", "error"],
    "on_event": ["entity", "event"],
}


def test_these_are_the_hooks_and_a_change_of_them_is_a_change_of_the_api_level() -> None:
    manager = pluggy.PluginManager("liteagent")
    manager.add_hookspecs(hookspecs)

    found = {
        name: list(inspect.signature(getattr(hookspecs, name)).parameters)
        for name in vars(manager.hook)
        if not name.startswith("_")
    }

    assert found == {f"register_{kind}": ["register"] for kind in REGISTER.split()} | LIFECYCLE
    assert hookspecs.API_LEVEL == 1


def test_every_hook_says_what_it_is_for() -> None:
    hooks = [f"register_{kind}" for kind in REGISTER.split()] + list(LIFECYCLE)

    assert all(getattr(hookspecs, name).__doc__ for name in hooks)
