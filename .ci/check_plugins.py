"""Fails unless every plugin that pyproject.toml bundles is in the JSON listing.

Arguments: pyproject.toml, and what `liteagent plugins list --json` printed.
"""

import json
import sys
import tomllib
from pathlib import Path


def names(value):
    """Whatever is called `name` anywhere in the listing."""
    if isinstance(value, dict):
        return {value.get("name")}.union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()


pyproject, listing = (Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:])
bundled = set(tomllib.loads(pyproject)["project"]["entry-points"]["liteagent"])
missing = bundled - names(json.loads(listing))
if missing or not bundled:
    sys.exit(f"The installed wheel does not list {sorted(missing)}:\n{listing}")
print("Listed:", *sorted(bundled))
