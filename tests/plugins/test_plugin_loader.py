"""One broken plugin never stops the host, and its status says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from liteagent.plugins import PluginHost, PluginLoadError, PluginState, PluginStatus, Selection

GOOD = """
import liteagent

@liteagent.tool
def {name}() -> str:
    "Say hello."
    return "hello"

@liteagent.hookimpl
def register_tools(register):
    register({name})
"""
HOOK = "import liteagent\n@liteagent.hookimpl\n"


def build(site: Path, **more: Any) -> PluginHost:
    return PluginHost.build(Selection(), path=[str(site)], **more)


def status_of(site: Path, name: str) -> PluginStatus:
    return next(status for status in build(site).statuses if status.name == name)


async def test_of_ten_plugins_the_six_broken_ones_are_named_and_the_four_good_ones_work(
    site: Path, install: Any
) -> None:
    for name in ("good_a", "good_b", "good_c", "good_d"):
        install(name, GOOD.format(name=name))
    install("bad_import", "import no_such_module_anywhere")
    install("bad_register", HOOK + "def register_tools(register): raise ValueError('no disk')")
    install("bad_typo", HOOK + "def regster_tools(register): ...")
    install("bad_argument", HOOK + "def register_tools(registr): ...")
    install("bad_hang", "import threading\nthreading.Event().wait()")
    install("bad_exit", "import sys\nsys.exit(3)")

    host = build(site, import_seconds=3)
    tools = await host.collect("register_tools")

    assert sorted(tool.tool.name for tool, _ in tools) == ["good_a", "good_b", "good_c", "good_d"]
    assert {str(origin) for _, origin in tools} == {
        f"liteagent-good_{letter} 1.0" for letter in "abcd"
    }
    causes = {status.name: status.cause for status in host.statuses if status.cause}
    assert causes.pop("bad_typo").startswith(
        "It implements regster_tools, which is no hook: did you mean register_tools"
    )
    assert causes == {
        "bad_import": "It needs the module no_such_module_anywhere, which is not installed.",
        "bad_register": "Its register_tools failed: ValueError: no disk",
        "bad_argument": (
            "Its register_tools takes 'registr', which the hook does not offer; it offers register."
        ),
        "bad_hang": "Its import did not end within 3 s.",
        "bad_exit": "It called sys.exit(3) while it was imported (bad_exit_module.py:2).",
    }
    assert all(
        status.state is (PluginState.FAILED if status.cause else PluginState.LOADED)
        for status in host.statuses
    )
    assert all(status.remedy for status in host.statuses if status.cause)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    site: Path, install: Any
) -> None:
    install("heavy", "import big_engine", requires=['big-engine>=2; extra == "engine"'])

    status = status_of(site, "heavy")

    assert status.cause == "It needs the module big_engine, which the extra 'engine' brings."
    assert status.remedy == 'pip install "liteagent-heavy[engine]"'


def test_an_entry_point_to_a_module_that_is_not_there_asks_for_a_reinstall(
    site: Path, install: Any
) -> None:
    install("lost", plugins={"lost": "lost_elsewhere"})

    status = status_of(site, "lost")

    assert status.cause == "Its entry point names the module lost_elsewhere, which is not there."
    assert status.remedy == "pip install --force-reinstall liteagent-lost"


def test_any_other_error_names_its_file_and_line(site: Path, install: Any) -> None:
    install("odd", "x = 1\ny = x / 0")

    assert status_of(site, "odd").cause == "ZeroDivisionError: division by zero (odd_module.py:2)."


def test_a_hook_without_its_mark_is_noticed(site: Path, install: Any) -> None:
    install("unmarked", "def register_tools(register): ...")

    assert status_of(site, "unmarked").cause == (
        "It defines register_tools without the mark @liteagent.hookimpl, so nobody calls it."
    )


def test_a_wrapper_is_refused(site: Path, install: Any) -> None:
    install(
        "wrapper",
        "import liteagent\n@liteagent.hookimpl(wrapper=True)\ndef on_event():\n    return (yield)",
    )

    assert status_of(site, "wrapper").cause.startswith("Its on_event is a wrapper;")


CLASS = """
import liteagent

class Plugin:
    def __init__({parameters}): ...

    @liteagent.hookimpl
    def register_tools(self, register):
        register("from an instance")
"""


async def test_an_entry_point_to_a_class_gets_an_instance(site: Path, install: Any) -> None:
    install("classy", CLASS.format(parameters="self"), plugins={"classy": "classy_module:Plugin"})

    host = build(site)

    assert [thing for thing, _ in await host.collect("register_tools")] == ["from an instance"]


def test_a_class_that_needs_arguments_is_refused_with_what_to_name_instead(
    site: Path, install: Any
) -> None:
    install(
        "classy", CLASS.format(parameters="self, x"), plugins={"classy": "classy_module:Plugin"}
    )

    assert status_of(site, "classy").cause == (
        "Its entry point names the class Plugin, which needs arguments;"
        " name a module, or an instance."
    )


def test_two_names_for_one_object_are_noticed(site: Path, install: Any) -> None:
    install("twin", GOOD.format(name="twin"), plugins={"a": "twin_module", "b": "twin_module"})

    statuses = {status.name: status for status in build(site).statuses}

    assert statuses["a"].state is PluginState.LOADED
    assert statuses["b"].cause == "It is the same object as the plugin liteagent-twin:a."


def test_a_loaded_plugin_tells_its_hooks(site: Path, install: Any) -> None:
    install(
        "two",
        "import liteagent\n"
        "@liteagent.hookimpl\ndef register_tools(register): ...\n"
        "@liteagent.hookimpl\nasync def on_event(event): ...\n",
    )

    assert status_of(site, "two").hooks == ("on_event", "register_tools")


def test_strict_loading_raises_for_a_broken_plugin_but_not_for_a_disabled_one(
    site: Path, install: Any
) -> None:
    install("broken", "1 / 0")
    denied = Selection.of(disabled=["broken"])

    PluginHost.build(denied, path=[str(site)], strict=True)
    with pytest.raises(PluginLoadError, match=r"FAILED broken \(liteagent-broken 1\.0\)"):
        build(site, strict=True)
