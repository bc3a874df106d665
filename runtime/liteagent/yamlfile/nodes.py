"""YAML as nodes that still know their line, by the rules that people expect of a settings file.

A key stands once. `on`, `off`, `yes`, `no` and dates are text, from which a field that wants a
boolean or a date reads one. No tag ever runs code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_BOOL = "tag:yaml.org,2002:bool"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader without its guesses at booleans and dates, and with a line for every
    scalar that does not fit its tag.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML declares it without ClassVar)
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag != _TIMESTAMP and (tag != _BOOL or first in "tTfF")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)  # pyright: ignore[reportUnknownMemberType]
        except (ValueError, KeyError) as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"{getattr(node, 'value', '')!r} is not a {node.tag}", node.start_mark
            ) from error


class DuplicateKeyError(yaml.MarkedYAMLError):
    """A mapping holds one key twice: at `context_mark` and again at `problem_mark`."""


def compose(text: str) -> Node | None:
    """The one document in `text`, or None when it is empty. Raises `yaml.YAMLError`."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is not None:
        _refuse_duplicates(node)
    return node


def construct(node: Node) -> Any:
    """The node's value as dicts, lists and scalars. Raises `yaml.YAMLError`."""
    loader = _Loader("")
    try:
        return loader.construct_document(node)  # pyright: ignore[reportUnknownMemberType]
    finally:
        loader.dispose()


def line_of(node: Node) -> int:
    """The line a node begins at, from 1."""
    return node.start_mark.line + 1


def child(node: Node, part: int | str) -> tuple[Node, Node] | None:
    """`(where it is named, its value)` of one key or index, or None when there is no such part."""
    if isinstance(node, MappingNode):
        # Constructing a mapping puts what `<<` merged in front, so the last one is what counts.
        for key, value in reversed(node.value):
            if isinstance(key, ScalarNode) and key.value == str(part):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def shown(node: Node) -> str:
    """What stands at a node, in few words."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if node.tag == "tag:yaml.org,2002:null":
        return "nothing"
    text: str = node.value if len(node.value) <= 60 else node.value[:60] + "…"
    return repr(text) if node.tag == "tag:yaml.org,2002:str" else text


def _refuse_duplicates(root: Node) -> None:
    for mapping in _mappings(root):
        first: dict[tuple[str, str], Node] = {}
        for key, _ in mapping.value:
            if not isinstance(key, ScalarNode):
                continue
            earlier = first.setdefault((key.tag, key.value), key)
            if earlier is not key:
                raise DuplicateKeyError(
                    None, earlier.start_mark, f"{key.value!r} stands twice", key.start_mark
                )


def _mappings(root: Node) -> Iterator[MappingNode]:
    """Every mapping under `root`, once each: an alias may even lead back to its own anchor."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            yield node
            waiting += [part for pair in node.value for part in pair]
        else:
            waiting += node.value
