"""LiteAgent as a Serve application that a configuration file names, for KubeRay's RayService.

There nobody runs `liteagent up`: Serve builds the application, its replicas start the supervisor,
and the supervisor starts the hosts. Every machine has its own environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from liteagent.agents.configuration import Configuration
from liteagent.cluster.attendants import Attendants
from liteagent.cluster.node import NodeConfig
from liteagent.cluster.serve import application as serve_application
from liteagent.config import load_settings
from liteagent.errors import ConfigurationError
from liteagent.plugins import PluginHost

ARGUMENTS = ("build", "folder", "shared_hosts", "replicas", "adapters", "build_adapter")


def application(arguments: Mapping[str, Any]) -> Any:
    """The application for `import_path`. `arguments` are the `args` of the configuration file:
    `build` (`module:function`, a `BuildGateway`), `folder` (where `agents/` is), `shared_hosts`,
    `replicas`, `adapters` (names of chat platforms) and `build_adapter` (a `BuildAttendant`).

    Raises `ConfigurationError`.
    """
    unknown = sorted(arguments.keys() - set(ARGUMENTS))
    if unknown or "build" not in arguments:
        raise ConfigurationError(
            f"The application takes the arguments {', '.join(ARGUMENTS)}, of which build is"
            f" needed; found {', '.join(sorted(arguments)) or 'none'}.",
            field=unknown[0] if unknown else "build",
        )
    folder = arguments.get("folder")
    configuration = Configuration.load(load_settings(), Path(folder) if folder else None)
    plugins = PluginHost.build(configuration.selection())
    config = NodeConfig(
        folder=Path(folder) if folder else None,
        lock=plugins.lock,
        shared_hosts=int(arguments.get("shared_hosts", 1)),
        attendants=_attendants(arguments),
    )
    return serve_application(
        config,
        _named(str(arguments["build"])),
        replicas=int(arguments.get("replicas", 1)),
        supervised=False,
    )


def _attendants(arguments: Mapping[str, Any]) -> Attendants | None:
    if not arguments.get("adapters"):
        return None
    if "build_adapter" not in arguments:
        raise ConfigurationError("adapters needs build_adapter.", field="build_adapter")
    build = _named(str(arguments["build_adapter"]))
    return Attendants(build=build, names=tuple(arguments["adapters"]))


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"build and build_adapter are module:function; {path!r} cannot be imported ({error}).",
            field="build",
        ) from error
