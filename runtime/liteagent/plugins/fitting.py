"""Whether a plugin's implementations fit the hooks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import pluggy

from liteagent.errors import near_misses
from liteagent.plugins import hookspecs


def hook_names(manager: pluggy.PluginManager) -> list[str]:
    """The names of the hooks that there are."""
    return [name for name in dir(hookspecs) if manager.parse_hookspec_opts(hookspecs, name)]


def implemented(manager: pluggy.PluginManager, plugin: object) -> dict[str, str]:
    """The hooks `plugin` says it implements: hook name by attribute name."""
    found: dict[str, str] = {}
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is not None:
            found[attribute] = options.get("specname") or attribute
    return found


def misfits(manager: pluggy.PluginManager, plugin: object) -> list[str]:
    """One sentence for each implementation that would not be called, or not as it was meant."""
    hooks = hook_names(manager)
    found = implemented(manager, plugin)
    problems = [*_unmarked(plugin, hooks, found)]
    for attribute, hook in found.items():
        options = manager.parse_hookimpl_opts(plugin, attribute)
        assert options is not None
        if hook not in hooks:
            problems.append(f"It implements {hook}, which is no hook: {near_misses(hook, hooks)}")
        elif options.get("wrapper") or options.get("hookwrapper"):
            problems.append(
                f"Its {hook} is a wrapper; implementations are awaited one by one, so use the"
                " before_ and after_ hooks."
            )
        else:
            spec = getattr(manager.hook, hook).spec
            problems.extend(_surprising(hook, getattr(plugin, attribute), spec.argnames))
    return problems


def _unmarked(plugin: object, hooks: Iterable[str], found: dict[str, str]) -> Iterator[str]:
    for hook in hooks:
        if hook not in found and inspect.isroutine(getattr(plugin, hook, None)):
            yield f"It defines {hook} without the mark @liteagent.hookimpl, so nobody calls it."


def _surprising(hook: str, function: object, offered: Iterable[str]) -> Iterator[str]:
    assert callable(function)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in offered and parameter.default is parameter.empty:
            yield (
                f"Its {hook} takes {parameter.name!r}, which the hook does not offer;"
                f" it offers {', '.join(offered)}."
            )
