"""From a path to a checked model, or to one sentence about what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from liteagent.errors import ConfigurationError
from liteagent.yamlfile import nodes
from liteagent.yamlfile.misfit import misfits
from liteagent.yamlfile.problem import Problem, configuration_error

M = TypeVar("M", bound=pydantic.BaseModel)


def load_yaml(path: Path, model: type[M]) -> M:
    """The file as a `model`; an empty file is an empty mapping.

    Unknown fields are refused where the model says `extra="forbid"`. Raises `ConfigurationError`
    whose sentence names the file, the line, the field, what should stand there and what does; its
    `problems` are `{file, line, field, message}` for everything that is wrong.
    """
    text = _read(path)
    try:
        root = nodes.compose(text)
        value: Any = {} if root is None else nodes.construct(root)
    except yaml.YAMLError as error:
        raise configuration_error(path, [_syntax(error, text)]) from error
    except RecursionError as error:
        raise _about_file(path, "is nested too deeply to be a configuration file") from error
    try:
        return model.model_validate(value)
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False)
        if root is not None:
            raise configuration_error(path, misfits(root, model, found)) from error
        missing = ", ".join(str(each["loc"][-1]) for each in found if each["loc"]) or "one field"
        raise _about_file(path, f"is empty: it should set at least {missing}") from error


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _about_file(path, "does not exist") from error
    except IsADirectoryError as error:
        raise _about_file(path, "is a directory: name the YAML file in it") from error
    except OSError as error:
        raise _about_file(path, f"cannot be read: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise configuration_error(path, [Problem(line=line, field="", message=message)]) from error


def _about_file(path: Path, message: str) -> ConfigurationError:
    return configuration_error(path, [Problem(line=None, field="", message=message)])


def _syntax(error: yaml.YAMLError, text: str) -> Problem:
    """What makes a text no YAML, or not the YAML we take."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        message = f"the character U+{error.character:04X} may not stand in YAML"
        return Problem(line=line, field="", message=message)
    assert isinstance(error, yaml.MarkedYAMLError)
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    began = error.context_mark.line + 1 if error.context_mark else line
    return Problem(line=line, field="", message=_syntax_message(error, line, began))


def _syntax_message(error: yaml.MarkedYAMLError, line: int, began: int) -> str:
    problem = str(error.problem or error.context)
    if isinstance(error, nodes.DuplicateKeyError):
        return f"{problem}, the first time on line {began}: keep one"
    if "'\\t'" in problem:
        return "a tab stands where YAML wants spaces: indent with spaces"
    if isinstance(error, yaml.constructor.ConstructorError):
        return problem
    where = f" {error.context} that began on line {began}" if began != line else ""
    return f"this is not YAML: {problem}{where}"
