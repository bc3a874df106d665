"""Tools that the caller runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liteagent.agents.spec import AgentSpec
from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.http.shapes import as_object

_NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}


def client_tools(
    tools: Iterable[Mapping[str, Any]] | None, choice: Any, spec: AgentSpec
) -> list[dict[str, Any]]:
    """The caller's `tools` as a session takes them: `{name, description, parameters}` each.

    Chat Completions nests the function, Responses does not; both forms are read.
    """
    if choice == "none":
        return []
    found = [_tool(tool, f"tools[{index}]") for index, tool in enumerate(tools or ())]
    for index, tool in enumerate(found):
        if tool["name"] in spec.tools:
            raise InvalidRequestError(
                f"{spec.name} has a tool {tool['name']!r} of its own; give yours another name.",
                field=f"tools[{index}]",
            )
    return found


def _tool(tool: Mapping[str, Any], place: str) -> dict[str, Any]:
    if tool.get("type") != "function":
        raise InvalidRequestError(
            f"{place}: only tools of type 'function' are supported; an agent brings its own.",
            field=place,
        )
    function = as_object(tool.get("function")) or tool
    name, parameters = function.get("name"), function.get("parameters") or _NO_PARAMETERS
    if not isinstance(name, str) or not name or as_object(parameters) is None:
        raise InvalidRequestError(
            f"{place}: a function has a name, and parameters that are a JSON schema.", field=place
        )
    description = function.get("description")
    return {"name": name, "description": str(description or ""), "parameters": parameters}
