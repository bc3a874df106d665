"""A docstring's prose, and what it says of each parameter.

Google's, NumPy's and Sphinx's forms are read. Whatever is not about a parameter stays in the
description, `Raises` and notes included: it is what the author had to say, and the model is the
reader.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import griffe

_SECTIONS = re.compile(r"^\s*(:\w.*:|-{3,}\s*$|\w[\w ]*:\s*$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Docs:
    """A docstring taken apart."""

    description: str
    parameters: Mapping[str, str]


def read_docstring(text: str | None) -> Docs:
    """The description and the parameters' descriptions in `text`; empty where there is none."""
    prose = inspect.cleandoc(text or "")
    if not _SECTIONS.search(prose):  # Spares the import of the parser, a fifth of a second.
        return Docs(prose, {})
    import griffe

    docstring = griffe.Docstring(prose)
    style, _ = griffe.infer_docstring_style(docstring)
    if style is None:
        return Docs(prose, {})
    sections = docstring.parse(style, warnings=False)
    parameters = {
        parameter.name.lstrip("*"): _one_line(parameter.description)
        for section in sections
        if section.kind.value in ("parameters", "other parameters")
        for parameter in section.value
    }
    blocks = (block for section in sections for block in _blocks(section))
    return Docs("\n\n".join(block for block in blocks if block), parameters)


def _blocks(section: griffe.DocstringSection) -> Iterator[str]:
    """The paragraphs that a section adds to the description."""
    kind, value = section.kind.value, section.value
    if kind == "text":
        yield str(value).strip()
    elif kind == "admonition":
        yield f"{section.title or value.kind.title()}: {str(value.contents).strip()}"
    elif kind == "examples":
        yield "Examples:\n" + "\n".join(str(text) for _, text in value)
    elif kind in ("raises", "warns", "returns", "yields"):
        yield f"{kind.title()}:\n" + "\n".join(f"- {_entry(entry)}" for entry in value)


def _entry(entry: Any) -> str:
    name = str(entry.annotation or "")
    return ": ".join(part for part in (name, _one_line(entry.description)) if part)


def _one_line(text: str) -> str:
    return " ".join(text.split())
