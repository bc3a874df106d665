"""The conformance suite of plugins that bring tools.

A plugin's tests need no more than this:

    class TestMyTools(ToolPluginSuite):
        plugin = liteagent_services
        examples = {"restart_service": {"name": "nginx"}}
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

from liteagent.plugins import PluginHost, Provenance, Selection
from liteagent.tools import Tool, ToolArgumentsError, ToolRegistry

_ORIGIN = Provenance(plugin="under-test", distribution="under-test", version="0")


class ToolPluginSuite:
    """What every plugin that registers tools has to hold; runs none of them."""

    plugin: ClassVar[Any]
    """The module, or the object, that the entry point names."""
    examples: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Arguments that fit, by tool; checked, not used."""

    @pytest.fixture
    def tools(self) -> dict[str, Tool]:
        """The tools of the plugin, by name; fails where one cannot be made or taken in."""
        host = PluginHost.build(Selection(), path=[])
        host.add(self.plugin, _ORIGIN)
        registry = ToolRegistry()
        errors = registry.register_all(asyncio.run(host.collect("register_tools")))
        assert [str(error) for error in errors] == []
        assert [status.cause for status in host.statuses if status.cause] == []
        return {tool.name: tool for tool in registry}

    def test_the_plugin_brings_tools(self, tools: dict[str, Tool]) -> None:
        assert tools

    def test_every_schema_is_a_closed_json_schema_of_an_object(
        self, tools: dict[str, Tool]
    ) -> None:
        for tool in tools.values():
            Draft202012Validator.check_schema(tool.parameters)
            assert tool.parameters["type"] == "object", tool.name
            assert tool.parameters["additionalProperties"] is False, tool.name

    def test_every_tool_and_parameter_is_described(self, tools: dict[str, Tool]) -> None:
        assert [warning for tool in tools.values() for warning in tool.warnings] == []

    def test_arguments_that_the_schema_does_not_know_are_refused(
        self, tools: dict[str, Tool]
    ) -> None:
        for tool in tools.values():
            with pytest.raises(ToolArgumentsError, match="surplus_argument"):
                tool.bind({**self.examples.get(tool.name, {}), "surplus_argument": 1})

    def test_the_examples_fit_and_survive_json(self, tools: dict[str, Tool]) -> None:
        assert self.examples.keys() <= tools.keys()
        for name, example in self.examples.items():
            bound = tools[name].bind(json.dumps(example))
            assert json.loads(json.dumps(bound)) == bound, name
            assert tools[name].bind(bound) == bound, name
