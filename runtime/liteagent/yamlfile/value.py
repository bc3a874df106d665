"""A value that did not come from a file, checked as one that did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pydantic
import yaml

from liteagent.errors import ConfigurationError
from liteagent.yamlfile import nodes
from liteagent.yamlfile.misfit import misfits
from liteagent.yamlfile.problem import sentence_of

M = TypeVar("M", bound=pydantic.BaseModel)


def check_value(value: Mapping[str, Any], model: type[M]) -> M:
    """Plain JSON as a `model`. Raises `ConfigurationError` with the sentence that a file with this
    in it would get, without file and line.
    """
    try:
        return model.model_validate(value)
    except pydantic.ValidationError as error:
        root = nodes.compose(as_yaml(value))
        assert root is not None
        problems = misfits(root, model, error.errors(include_url=False))
        raise ConfigurationError(
            sentence_of(problems, lines=False),
            field=problems[0].field or None,
            problems=[{"field": each.field, "message": each.message} for each in problems],
        ) from error


def as_yaml(value: Mapping[str, Any]) -> str:
    """Plain JSON as the text of a file."""
    return str(yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True))
