"""Configuration files: YAML checked against a pydantic model when it loads."""

from liteagent.yamlfile.load import load_yaml

__all__ = ["load_yaml"]
