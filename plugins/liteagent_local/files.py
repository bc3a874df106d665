"""Finding the file of a model."""

from __future__ import annotations

import os
from pathlib import Path

from liteagent.config import load_settings
from liteagent.errors import near_misses

FOLDER = "LITEAGENT_LOCAL_MODELS"


def folder() -> Path:
    """Where models are looked for by name."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen).expanduser() if chosen else load_settings().home / "models"


def names() -> list[str]:
    """The models in the folder, by name: the file's, without `.gguf`."""
    return sorted(path.stem for path in folder().glob("*.gguf"))


def find(model: str) -> Path:
    """The file of `model`: a path, or a name in the folder. Raises FileNotFoundError."""
    given = Path(model).expanduser()
    stem = model.removesuffix(".gguf")
    for candidate in (given, folder() / f"{stem}.gguf"):
        if candidate.suffix == ".gguf" and candidate.is_file():
            return candidate.resolve()
    raise FileNotFoundError(
        f"no .gguf file {model!r} here or in {folder()}: {near_misses(stem, names())}"
    )
