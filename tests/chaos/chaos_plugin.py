"""The scenarios' model and tools as a plugin, for processes that only a plugin gets into.

`LITEAGENT_CHAOS_WORLD` is the file that they leave their lines in.
"""

from __future__ import annotations

import os
from pathlib import Path

import liteagent
from liteagent.plugins.hookspecs import Register
from tests.chaos.scenarios import Model, make_tools
from tests.chaos.world import World

WORLD = "LITEAGENT_CHAOS_WORLD"


def world() -> World:
    return World(Path(os.environ[WORLD]))


@liteagent.hookimpl
def register_models(register: Register) -> None:
    register(Model(world()))


@liteagent.hookimpl
def register_tools(register: Register) -> None:
    for tool in make_tools(world()):
        register(tool)
