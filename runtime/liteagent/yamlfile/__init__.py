"""Configuration files: YAML checked against a pydantic model when it loads."""

from liteagent.yamlfile.load import load_yaml
from liteagent.yamlfile.value import as_yaml, check_value

__all__ = ["as_yaml", "check_value", "load_yaml"]
